using System.Security.Cryptography;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class DownloaderTests : DownloaderTestBase
{
    [Fact]
    public async Task A_file_is_fetched_verified_and_reported()
    {
        var progress = new ProgressList<DownloadProgress>();
        Uri mirror = Good("/good");

        Assert.Equal(FetchOutcome.Fetched, await Fetch(progress, mirror));

        AssertInPlace();
        Assert.Equal(new DownloadProgress(mirror, 0, Content.Length), progress.Reports[0]);
        Assert.Equal(new DownloadProgress(mirror, Content.Length, Content.Length), progress.Reports[^1]);
        Assert.Equal(progress.Reports.Select(report => report.Done).Order(), progress.Reports.Select(report => report.Done));
    }

    [Fact]
    public async Task A_file_that_is_there_and_right_is_not_fetched_again()
    {
        Folder.Write(Name, Content);

        Assert.Equal(FetchOutcome.AlreadyThere, await Fetch(Good("/good")));

        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task A_wrong_file_in_place_is_replaced_by_the_right_one()
    {
        Folder.Write(Name, Corrupted());

        Assert.Equal(FetchOutcome.Fetched, await Fetch(Good("/good")));

        AssertInPlace();
    }

    [Fact]
    public async Task A_corrupted_file_is_never_put_in_place()
    {
        UserException failed = await Assert.ThrowsAsync<UserException>(
            () => Fetch(On("/corrupts", request => request.Whole(Corrupted()))));

        Assert.Contains("SHA-256", failed.Message);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_cut_off()
    {
        Uri endless = On("/endless", async request =>
        {
            await request.Head("200 OK");
            while (true)
            {
                await request.Body(Content);
            }
        });

        UserException failed = await Assert.ThrowsAsync<UserException>(() => Fetch(endless));

        Assert.Contains("more than the 1,000,003 bytes", failed.Message);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task An_md5_is_checked_where_nothing_better_is_published()
    {
        ManifestFile file = Describe(On("/corrupts", request => request.Whole(Corrupted())), Good("/good")) with
        {
            Sha256 = null,
#pragma warning disable CA5351 // Damage is what is tested here, not forgery.
            Md5 = Convert.ToHexStringLower(MD5.HashData(Content)),
#pragma warning restore CA5351
        };

        await Downloader.FetchAsync(file, new DataRoot(Folder.Path));

        AssertInPlace();
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task When_all_fail_each_mirror_its_reason_and_the_way_out_are_told()
    {
        Folder.Write(Name, [1, 2, 3]);
        Uri[] mirrors =
        [
            On("/missing", request => request.Head("404 Not Found", "Content-Length: 0")), Nobody,
            On("/corrupts", request => request.Whole(Corrupted())),
        ];

        string message = (await Assert.ThrowsAsync<UserException>(() => Fetch(mirrors))).Message;

        Assert.All(mirrors, mirror => Assert.Contains($"{mirror}: ", message));
        Assert.Contains("HTTP 404 Not Found", message);
        Assert.Contains("the connection failed", message);
        Assert.Contains("another file: its SHA-256 is", message);
        Assert.Contains("it has 3 bytes instead of 1,000,003", message);
        Assert.Contains("by hand", message);
        Assert.Contains(Target, message);
        Assert.Contains(Describe().Sha256!, message);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_as_such()
    {
        Folder.Write("set", [0]); // A file where the folder should be.

        string message = (await Assert.ThrowsAsync<UserException>(() => Fetch(Good("/good")))).Message;

        Assert.Contains(Target, message);
        Assert.Contains("DataRoot", message);
    }
}
