using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Publishing;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Browser")]
public sealed class HungBrowserTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Figure Plain => new("[]", "{}", 100);

    // Says that it runs, then nothing more for longer than the test takes.
    private string Hung()
    {
        string path = _folder["browser"];
        File.WriteAllText(path, $"#!/bin/sh\ntouch '{_folder["started"]}'\nexec sleep 300\n");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The browser that hangs is a shell script here.");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }

    [Fact]
    public async Task A_browser_that_never_answers_is_given_up_and_named()
    {
        IFigureDrawer drawer = InstalledBrowser.Load(Hung(), TimeSpan.FromSeconds(2));
        UserException problem = await Assert.ThrowsAsync<UserException>(() => drawer.DrawAsync([Plain], "", 800, TestContext.Current.CancellationToken));

        Assert.Contains(_folder["browser"], problem.Message, StringComparison.Ordinal);
        Assert.Contains("did not start within 2 seconds", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_never_ends_is_given_up_and_its_figure_named()
    {
        string? program = InstalledBrowser.Find();
        Assert.SkipWhen(program is null, "No Chromium, Chrome or Edge is installed here (Debian: apt-get install chromium).");
        IFigureDrawer drawer = InstalledBrowser.Load(program, TimeSpan.FromSeconds(10));
        var figure = new Figure("[]", """{"title":{"text":"Endless"}}""", 100);
        UserException problem = await Assert.ThrowsAsync<UserException>(() => drawer.DrawAsync(
            [figure], "window.Plotly = { toImage: () => new Promise(() => { }) };", 800, TestContext.Current.CancellationToken));

        Assert.Contains("did not draw 'Figure: Endless'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_stops_it_does_not_wait_for_the_browser()
    {
        using var stop = new CancellationTokenSource();
        Task drawing = InstalledBrowser.Load(Hung(), TimeSpan.FromHours(1)).DrawAsync([Plain], "", 800, stop.Token);
        Poll.Until(() => File.Exists(_folder["started"]), "the browser runs");
        Task stopping = stop.CancelAsync();

        // Its driver would let go of it after half a minute.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drawing.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await stopping;
    }

    [Fact]
    public void A_signal_stops_publishing_while_the_browser_hangs()
    {
        Assert.SkipWhen(SignalTests.Ignores(SignalTests.Terminate), "The tests were started with SIGTERM ignored.");
        string notebook = _folder["n.ipynb"];
        File.Copy(PublishedSite.Originals.First(path => PublishedSite.FiguresIn(path) > 0), notebook);
        using ChildProcess process = AuxLoss.Start(_folder.Path, "notebook", "publish", notebook, "--out", _folder["site"], "--browser", Hung());
        Poll.Until(() => File.Exists(_folder["started"]), "the browser runs");
        Assert.Equal(0, ChildProcesses.Send(process.Id, SignalTests.Terminate));

        Assert.DoesNotContain("   at ", process.Wait().ShouldExitWith(ExitCodes.Interrupted).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["site"]));
    }
}
