using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class DownloaderRescueTests : DownloaderTestBase
{
    // Without the stall timeout these tests would not end: after a minute they fail.
    private const int Hang = 60_000;

    [Fact]
    public async Task Corruption_is_rescued_by_the_next_mirror_from_the_beginning()
    {
        await Fetch(On("/corrupts", request => request.Whole(Corrupted())), Good("/good"));

        AssertInPlace();
        Assert.Equal([("/corrupts", null), ("/good", null)], Server.Requests);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stall_in_the_middle_is_rescued_by_the_next_mirror()
    {
        Uri stalls = On("/stalls", async request =>
        {
            await request.Part(Content, 500_000);
            await request.Stall();
        });
        var progress = new ProgressList<DownloadProgress>(report => Time.RunsOut |= report.Mirror == stalls && report.Done == 500_000);

        await Downloader.FetchAsync(
            Describe(stalls, Good("/good")), new DataRoot(Folder.Path), progress, TestContext.Current.CancellationToken);

        AssertInPlace();
        Assert.Equal([("/stalls", null), ("/good", 500_000)], Server.Requests);
        Assert.All(Time.Set, duration => Assert.Equal(Patience, duration));
    }

    [Fact(Timeout = Hang)]
    public async Task A_mirror_that_never_answers_is_rescued_by_the_next()
    {
        Time.RunsOut = true;

        ManifestFile file = Describe(On("/stalls", request => request.Stall()), Good("/good"));
        await Downloader.FetchAsync(file, new DataRoot(Folder.Path), cancel: TestContext.Current.CancellationToken);

        AssertInPlace();
    }

    [Fact(Timeout = Hang)]
    public async Task The_stall_timeout_runs_in_real_time()
    {
        using var hasty = new Downloader(TimeSpan.FromMilliseconds(300));
        ManifestFile file = Describe(On("/stalls", request => request.Stall()));

        UserException failed = await Assert.ThrowsAsync<UserException>(
            () => hasty.FetchAsync(file, new DataRoot(Folder.Path), cancel: TestContext.Current.CancellationToken));

        Assert.Contains("sent nothing for 0.3 seconds", failed.Message);
    }

    [Theory]
    [InlineData("404 Not Found")]
    [InlineData("503 Service Unavailable")]
    public async Task A_refusal_is_rescued_by_the_next_mirror(string status)
    {
        await Fetch(On("/refuses", request => request.Head(status, "Content-Length: 0")), Good("/good"));

        AssertInPlace();
    }

    [Fact]
    public async Task A_refused_connection_is_rescued_by_the_next_mirror()
    {
        await Fetch(Nobody, Good("/good"));

        AssertInPlace();
    }

    [Fact]
    public async Task A_page_of_another_size_is_rescued_and_does_not_cost_what_was_there()
    {
        Folder.Write(Name + ".part", Content[..1234]);

        await Fetch(On("/portal", request => request.WithoutRange("<html>Log in first</html>"u8.ToArray())), Good("/good"));

        AssertInPlace();
        Assert.Equal(1234, Server.Requests.Last().From);
    }
}
