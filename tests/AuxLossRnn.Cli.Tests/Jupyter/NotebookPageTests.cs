using System.Reflection;
using Microsoft.Playwright;

namespace AuxLossRnn.Cli.Tests.Jupyter;

/// <summary>A notebook of the kit in the classic Notebook's page, in a browser. The page has require.js; nothing but the server is reached.</summary>
[Trait("Category", "Jupyter")]
[Trait("Category", "Browser")]
public sealed class NotebookPageTests
{
    private const float LimitMilliseconds = 30_000;

    [Fact]
    public async Task The_quickstart_is_stepped_through_and_its_figures_are_drawn()
    {
        string python = JupyterInstallation.PythonWithNotebook();
        string browserProgram = Browser();
        using JupyterFolder folder = InstalledKernel.Folder();
        InstalledKernel.CopyNotebook(folder, "00-quickstart.ipynb");
        using NotebookServer server = await NotebookServer.StartAsync(folder, python);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = browserProgram,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize
            {
                Width = 1200,
                Height = 900,
            },
        });
        page.SetDefaultTimeout(LimitMilliseconds);
        List<string> asked = [];
        await page.RouteAsync(address => !address.StartsWith("http://127.0.0.1:", StringComparison.Ordinal), route =>
        {
            // This Notebook's require.js puts the server's start behind every address.
            string address = route.Request.Url.Split('?')[0];
            asked.Add(address);
            return address == Figures.Figure.PlotlyAddress
                ? route.FulfillAsync(new RouteFulfillOptions
                {
                    ContentType = "text/javascript",
                    Body = PlotlyScript(),
                })
                : route.AbortAsync();
        });
        List<string> problems = [];
        page.PageError += (_, problem) => problems.Add(problem);

        await page.GotoAsync(server.Address("00-quickstart.ipynb"));
        await page.WaitForFunctionAsync("() => window.Jupyter && Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.info_reply.implementation === 'auxloss'");
        await page.EvaluateAsync("() => { Jupyter.notebook.select(0); Jupyter.notebook.focus_cell(); }");
        int cells = await page.Locator(".cell").CountAsync();
        for (int cell = 0; cell < cells; cell++)
        {
            await page.Keyboard.PressAsync("Shift+Enter");
            await page.WaitForFunctionAsync(
                "cell => { const one = Jupyter.notebook.get_cell(cell); return one.cell_type !== 'code' || /^\\d+$/.test(one.input_prompt_number); }", cell);
        }

        ILocator figure = page.Locator(".code_cell", new PageLocatorOptions { HasText = "Digits remembered across twelve" }).First;
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.js-plotly-plot')].filter(plot => plot.querySelector('.main-svg .scatterlayer path')).length >= 4");
        await figure.ScrollIntoViewIfNeededAsync();
        TestContext.Current.AddAttachment("figure.png", await page.ScreenshotAsync(), "image/png");

        // Two live views and the figures, the first one with a line a model; all of them drawn by one script, which require.js loaded.
        Assert.Equal(2, await figure.Locator("svg.main-svg .scatterlayer path.js-line").CountAsync());
        Assert.Equal([Figures.Figure.PlotlyAddress], asked.Distinct());
        Assert.True(await page.EvaluateAsync<bool>("() => require.defined('auxlossPlotly') && typeof window.Plotly === 'undefined'"));
        Assert.Contains("holds: ", await page.Locator(".code_cell .output_stdout").Last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator(".output_error").CountAsync());
        Assert.Empty(problems);
    }

    private static string Browser()
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "There is no Chromium on the PATH (Debian: apt-get install chromium).");
        return found!;
    }

    // Plotly.NET carries plotly.js for pages without a network.
    private static string PlotlyScript()
    {
        Assembly plotly = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "charts", "Plotly.NET.dll"));
        using var script = new StreamReader(plotly.GetManifestResourceStream(
            plotly.GetManifestResourceNames().Single(name => name.EndsWith(".min.js", StringComparison.Ordinal)))!);
        return script.ReadToEnd();
    }
}
