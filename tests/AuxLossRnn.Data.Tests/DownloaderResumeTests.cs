using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class DownloaderResumeTests : DownloaderTestBase
{
    [Fact]
    public async Task A_connection_that_breaks_off_is_resumed_by_the_next_mirror()
    {
        await Fetch(On("/truncates", request => request.Part(Content, Content.Length / 2)), Good("/good"));

        AssertInPlace();
        Assert.Equal([("/truncates", null), ("/good", Content.Length / 2)], Server.Requests);
    }

    [Fact]
    public async Task A_single_mirror_that_breaks_off_is_asked_again_for_the_rest()
    {
        int end = 0;
        await Fetch(On("/truncates", request => request.Part(Content, end = Math.Min(end + 400_000, Content.Length))));

        AssertInPlace();
        Assert.Equal([null, 400_000, 800_000], Server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task A_broken_download_is_resumed_by_the_next_call()
    {
        bool whole = false;
        Uri mirror = On("/flaky", request => whole ? request.Whole(Content) : request.Part(Content, 1000));

        UserException failed = await Assert.ThrowsAsync<UserException>(() => Fetch(mirror));

        Assert.Contains("1,000 of 1,000,003 bytes", failed.Message);
        Assert.Equal(1000, new FileInfo(PartFile).Length);
        Assert.False(File.Exists(Target));
        whole = true;
        await Fetch(mirror);
        AssertInPlace();
        Assert.Equal(1000, Server.Requests.Last().From);
    }

    [Fact]
    public async Task A_body_without_length_that_ends_early_is_resumed()
    {
        Uri silent = On("/no-length", async request =>
        {
            await request.Head("200 OK");
            await request.Body(Content.AsMemory(0, 300_000));
        });

        await Fetch(silent, Good("/good"));

        AssertInPlace();
        Assert.Equal(300_000, Server.Requests.Last().From);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_starts_anew()
    {
        Folder.Write(Name + ".part", new byte[1234]);

        await Fetch(On("/no-range", request => request.WithoutRange(Content)));

        AssertInPlace();
        Assert.Equal([1234], Server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task A_server_that_sends_another_range_is_asked_for_the_whole()
    {
        Folder.Write(Name + ".part", Content[..1234]);
        Uri confused = On("/confused", async request =>
        {
            if (request.From is null)
            {
                await request.Whole(Content);
                return;
            }

            await request.Head("206 Partial Content", $"Content-Range: bytes 0-9/{Content.Length}", "Content-Length: 10");
            await request.Body(Content.AsMemory(0, 10));
        });

        await Fetch(confused);

        AssertInPlace();
    }

    [Fact]
    public async Task A_part_with_a_wrong_beginning_is_started_anew_from_the_same_mirror()
    {
        Folder.Write(Name + ".part", new byte[1234]);

        await Fetch(Good("/good"));

        AssertInPlace();
        Assert.Equal([1234, null], Server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task A_part_that_is_complete_needs_no_server()
    {
        Folder.Write(Name + ".part", Content);

        await Fetch(Nobody);

        AssertInPlace();
        Assert.Empty(Server.Requests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_part_that_is_complete_but_wrong_or_too_long_is_started_anew(int more)
    {
        Folder.Write(Name + ".part", [.. Corrupted(), .. new byte[more]]);

        await Fetch(Good("/good"));

        AssertInPlace();
        Assert.Null(Server.Requests.Last().From);
    }

    [Fact]
    public async Task Where_no_size_is_known_a_complete_part_is_found_out_by_asking()
    {
        Folder.Write(Name + ".part", Content);
        ManifestFile file = Describe(Good("/good")) with { Size = null };

        await Downloader.FetchAsync(file, new DataRoot(Folder.Path));

        AssertInPlace();
        Assert.Equal([Content.Length], Server.Requests.Select(request => request.From));
    }

    [Fact]
    public async Task Cancelling_keeps_what_came_and_is_no_failure()
    {
        using var cancel = new CancellationTokenSource();
        Uri mirror = On("/stalls", async request =>
        {
            await request.Part(Content, 500_000);
            await request.Stall();
        });
        var progress = new ProgressList<DownloadProgress>(report =>
        {
            if (report.Done == 500_000)
            {
                cancel.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Downloader.FetchAsync(Describe(mirror, Good("/good")), new DataRoot(Folder.Path), progress, cancel.Token));

        Assert.Equal(500_000, new FileInfo(PartFile).Length);
        Assert.Single(Server.Requests);
    }
}
