using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Publishing;
using AuxLossRnn.Runtime;
using Microsoft.Playwright;

namespace AuxLossRnn.Browser;

/// <summary>Draws figures with plotly.js in an installed browser, which is given no network.</summary>
/// <param name="program">The browser: Chromium, Chrome or Edge.</param>
/// <param name="limit">How long it may take to start, and for each figure.</param>
public sealed class BrowserFigureDrawer(string program, TimeSpan limit) : IFigureDrawer
{
    private const string Draw = """
        figure => {
          const layout = JSON.parse(figure.layout);
          layout.font = Object.assign({}, layout.font, { family: "sans-serif" });
          return Plotly.toImage({ data: JSON.parse(figure.data), layout: layout }, { format: "svg", width: figure.width, height: figure.height })
            .then(address => decodeURIComponent(address.slice(address.indexOf(",") + 1)));
        }
        """;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(0.5);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DrawAsync(
        IReadOnlyList<Figure> figures, string plotly, int width, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(figures);
        // Beside this library, not beside the program that loaded it.
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Path.GetDirectoryName(typeof(BrowserFigureDrawer).Assembly.Location));
        string task = "start";
        IPlaywright? driver = null;
        try
        {
            driver = await Playwright.CreateAsync().WaitAsync(limit, cancellation);
            IPage page = await OpenAsync(driver, plotly).WaitAsync(limit, cancellation);
            var drawings = new List<string>();
            foreach (Figure figure in figures)
            {
                task = $"draw '{figure}'";
                drawings.Add(await page.EvaluateAsync<string>(Draw, new
                {
                    data = figure.Data,
                    layout = figure.Layout,
                    width,
                    height = figure.Height,
                }).WaitAsync(limit, cancellation));
            }

            return drawings;
        }
        catch (TimeoutException problem)
        {
            throw new UserException($"the browser {program} did not {task} within {limit.TotalSeconds:0} seconds and was given up: see whether it opens by itself, or name another.", problem);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            // The driver is another's, and so is what it throws.
            throw new UserException($"the browser {program} failed: {problem.Message.Split('\n')[0]}", problem);
        }
        finally
        {
            if (driver is not null)
            {
                // Ends the browser. One that does not answer is first asked for half a minute, which nobody has to wait for.
                await Task.WhenAny(Task.Run(driver.Dispose, CancellationToken.None), Task.Delay(Farewell, CancellationToken.None));
            }
        }
    }

    private async Task<IPage> OpenAsync(IPlaywright playwright, string plotly)
    {
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = ["--disable-gpu"],
            Timeout = (float)limit.TotalMilliseconds,
            // Chromium refuses to run as root within its sandbox. It opens nothing but the figures.
            ChromiumSandbox = OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess,
        });
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions { Offline = true });
        IPage page = await context.NewPageAsync();
        await page.AddScriptTagAsync(new PageAddScriptTagOptions { Content = plotly });
        return page;
    }
}
