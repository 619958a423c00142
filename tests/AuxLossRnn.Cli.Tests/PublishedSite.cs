using AuxLossRnn.Cli.Tests;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Publishing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(PublishedSite))]

namespace AuxLossRnn.Cli.Tests;

/// <summary>The kit's notebooks, copied and published once by the command, and the browser that looks at the pages.</summary>
public sealed class PublishedSite : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<CommandResult> _published;
    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> _browser;

    public PublishedSite()
    {
        _published = new(() =>
        {
            foreach (string path in Originals)
            {
                File.Copy(path, Notebook(path));
            }

            return AuxLoss.RunIn(_folder.Path, "notebook", "publish", "*.ipynb", "--out", "site");
        });
        _browser = new(Start);
    }

    internal static string[] Originals => [.. Directory.GetFiles(Checkout.Notebooks, "*.ipynb").Order(StringComparer.Ordinal)];

    /// <summary>How many figures a notebook shows.</summary>
    internal static int FiguresIn(string notebook) => NotebookDocument.Read(notebook).Cells.Where(cell => cell.IsCode)
        .Sum(cell => cell.Outputs.Count(output => output!["data"]?["text/html"]?.ToJsonString().Contains("auxloss-figure-", StringComparison.Ordinal) == true));

    internal string Folder => _folder.Path;

    internal string Site => _folder["site"];

    internal string[] Pages => [.. Directory.GetFiles(Site, "*.html").Order(StringComparer.Ordinal)];

    internal string Notebook(string original) => _folder[Path.GetFileName(original)];

    /// <summary>What the command wrote when it published; skips the test where there is no browser.</summary>
    internal CommandResult Publish()
    {
        Assert.SkipWhen(InstalledBrowser.Find() is null, "No Chromium, Chrome or Edge is installed here (Debian: apt-get install chromium).");
        return _published.Value.ShouldExitWith(ExitCodes.Done);
    }

    /// <summary>A window of its own, without a network: what is asked of one is kept, and so are errors.</summary>
    internal async Task<IPage> Open(string path, List<string> problems, Action<BrowserNewContextOptions>? set = null)
    {
        var options = new BrowserNewContextOptions { Offline = true };
        set?.Invoke(options);
        IBrowserContext context = await (await _browser.Value).Browser.NewContextAsync(options);
        IPage page = await context.NewPageAsync();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                problems.Add(message.Text);
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("file:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)
                && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                problems.Add($"asked for {request.Url}");
            }
        };
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser.IsValueCreated)
        {
            (IPlaywright playwright, IBrowser browser) = await _browser.Value;
            await browser.DisposeAsync();
            playwright.Dispose();
        }

        _folder.Dispose();
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)> Start()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Path.Combine(AppContext.BaseDirectory, "browser"));
        IPlaywright playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = InstalledBrowser.Find(),
            Args = ["--disable-gpu"],
        }));
    }
}
