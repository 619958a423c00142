using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AuxLossRnn.Data.Tests;

/// <summary>A downloader with a server, a clock and a folder of its own, and a file to fetch.</summary>
public abstract class DownloaderTestBase : IAsyncDisposable
{
    private protected const string Name = "set/file.bin";
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(7);
    private protected static readonly byte[] Content = MakeContent();

    // Bound, so that no other server gets its port, but not listening: connections are refused.
    private readonly Socket _deaf = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    protected DownloaderTestBase()
    {
        _deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Nobody = new Uri($"http://127.0.0.1:{((IPEndPoint)_deaf.LocalEndPoint!).Port}/nobody");
        Downloader = new Downloader(Patience, Time);
    }

    /// <summary>An address where nobody listens.</summary>
    private protected Uri Nobody { get; }

    private protected TemporaryFolder Folder { get; } = new();

    private protected LoopbackServer Server { get; } = new();

    private protected StoppedTime Time { get; } = new();

    private protected Downloader Downloader { get; }

    private protected string Target => Path.Combine(Folder.Path, "set", "file.bin");

    private protected string PartFile => Target + ".part";

    public async ValueTask DisposeAsync()
    {
        Downloader.Dispose();
        _deaf.Dispose();
        await Server.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static byte[] Corrupted()
    {
        byte[] content = [.. Content];
        content[^1] ^= 1;
        return content;
    }

    private protected static ManifestFile Describe(params Uri[] mirrors) =>
        new(Name, mirrors, Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)), Md5: null);

    private protected Uri On(string path, Func<LoopbackRequest, Task> answer) => Server.On(path, answer);

    private protected Uri Good(string path) => On(path, request => request.Whole(Content));

    private protected Task<FetchOutcome> Fetch(params Uri[] mirrors) => Fetch(new ProgressList<DownloadProgress>(), mirrors);

    private protected Task<FetchOutcome> Fetch(ProgressList<DownloadProgress> progress, params Uri[] mirrors) =>
        Downloader.FetchAsync(Describe(mirrors), new DataRoot(Folder.Path), progress);

    private protected void AssertInPlace()
    {
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(Path.GetDirectoryName(Target)!));
    }

    private static byte[] MakeContent()
    {
        byte[] content = new byte[1_000_003];
        new Random(4).NextBytes(content);
        return content;
    }
}
