using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Publishing;
using AuxLossRnn.Runtime;
using Microsoft.Playwright;

namespace AuxLossRnn.Browser;

/// <summary>Draws figures with plotly.js in an installed browser, which is given no network.</summary>
/// <param name="program">The browser: Chromium, Chrome or Edge.</param>
public sealed class BrowserFigureDrawer(string program) : IFigureDrawer
{
    private const string Draw = """
        figure => {
          const layout = JSON.parse(figure.layout);
          layout.font = Object.assign({}, layout.font, { family: "sans-serif" });
          return Plotly.toImage({ data: JSON.parse(figure.data), layout: layout }, { format: "svg", width: figure.width, height: figure.height })
            .then(address => decodeURIComponent(address.slice(address.indexOf(",") + 1)));
        }
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DrawAsync(
        IReadOnlyList<Figure> figures, string plotly, int width, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(figures);
        // Beside this library, not beside the program that loaded it.
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Path.GetDirectoryName(typeof(BrowserFigureDrawer).Assembly.Location));
        try
        {
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                Args = ["--disable-gpu"],
                // Chromium refuses to run as root within its sandbox. It opens nothing but the figures.
                ChromiumSandbox = OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess,
            });
            await using IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions { Offline = true });
            IPage page = await context.NewPageAsync();
            await page.AddScriptTagAsync(new PageAddScriptTagOptions { Content = plotly });
            var drawings = new List<string>();
            foreach (Figure figure in figures)
            {
                cancellation.ThrowIfCancellationRequested();
                drawings.Add(await page.EvaluateAsync<string>(Draw, new
                {
                    data = figure.Data,
                    layout = figure.Layout,
                    width,
                    height = figure.Height,
                }));
            }

            return drawings;
        }
        catch (PlaywrightException problem)
        {
            throw new UserException($"the browser {program} failed: {problem.Message.Split('\n')[0]}", problem);
        }
    }
}
