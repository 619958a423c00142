using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Downloads the manifest's files: resumes, verifies, goes from mirror to mirror.</summary>
/// <remarks>
/// A download grows in a <c>.part</c> file beside its place and moves there only after its size and checksum are right.
/// A broken one is kept and resumed by an HTTP Range request, by the next mirror or the next call.
/// </remarks>
public sealed class Downloader : IDisposable
{
    private const int MaximalPasses = 3;

    private readonly HttpClient _client;
    private readonly MirrorDownload _download;

    /// <summary>A downloader.</summary>
    /// <param name="stallTimeout">After how long without any byte a mirror is given up; null for 30 seconds.</param>
    /// <param name="time">The clock of that timeout; null for the system's.</param>
    public Downloader(TimeSpan? stallTimeout = null, TimeProvider? time = null)
    {
        // The stall timeout covers connecting and answering too; a limit on the whole would forbid slow lines.
        _client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("AuxLossRnn");
        _download = new MirrorDownload(_client, stallTimeout ?? TimeSpan.FromSeconds(30), time ?? TimeProvider.System);
    }

    /// <summary>Brings a file to its place below the data root, unless it is there and right already.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="root">The data root.</param>
    /// <param name="progress">Is told the bytes done, often; on no particular thread.</param>
    /// <param name="cancel">Stops the download; what came so far is kept for the next call.</param>
    /// <returns>Whether it had to be downloaded.</returns>
    /// <exception cref="UserException">No mirror delivered the right file, or it cannot be written; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The download was cancelled.</exception>
    public async Task<FetchOutcome> FetchAsync(
        ManifestFile file, DataRoot root, IProgress<DownloadProgress>? progress = null, CancellationToken cancel = default)
    {
        string target = root.PathOf(file.Path);
        try
        {
            string? problem = await file.FindProblemAsync(target, cancel);
            if (problem is null)
            {
                return FetchOutcome.AlreadyThere;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await FetchMissingAsync(file, target, progress, cancel);
            return FetchOutcome.Fetched;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException(
                $"'{target}' or its .part file cannot be read or written: {e.Message} If no other download of it is running, "
                + $"free the place or choose another folder with ‹DataRoot› or the environment variable {DataRoot.EnvironmentVariable}.",
                e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task FetchMissingAsync(
        ManifestFile file, string target, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        string part = target + ".part";
        var failures = new List<string>();
        for (int pass = 1; pass <= MaximalPasses; pass++)
        {
            long before = LengthOf(part);
            foreach (Uri mirror in file.Mirrors)
            {
                try
                {
                    await FetchFromAsync(mirror, file, part, progress, cancel);
                    File.Move(part, target, overwrite: true);
                    return;
                }
                catch (MirrorException e)
                {
                    failures.Add($"  {mirror}: {e.Message}");
                }
            }

            // Only a pass that got nearer to the end is worth another one.
            if (LengthOf(part) <= before)
            {
                break;
            }
        }

        throw new UserException(
            $"'{file.Path}' cannot be downloaded:\n{string.Join('\n', failures)}\n"
            + (File.Exists(target) ? $"The file that is there now is not the right one: {await file.FindProblemAsync(target, cancel)}.\n" : "")
            + "Try again later (a broken download is resumed), or place the file by hand at\n"
            + $"  {target}\n  ({file.Description})");
    }

    /// <summary>Completes and verifies the .part file; one that proves wrong is deleted.</summary>
    private async Task FetchFromAsync(
        Uri mirror, ManifestFile file, string part, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        bool resumes = LengthOf(part) > 0;
        if (!resumes || LengthOf(part) != file.Size)
        {
            await _download.RunAsync(mirror, file, part, progress, cancel);
        }

        string? problem = await file.FindProblemAsync(part, cancel);
        if (problem is null)
        {
            return;
        }

        File.Delete(part);
        if (!resumes)
        {
            throw new MirrorException($"it sends another file: {problem}");
        }

        // The beginning may have been another mirror's or an older one: no reason yet to blame this mirror.
        await FetchFromAsync(mirror, file, part, progress, cancel);
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
