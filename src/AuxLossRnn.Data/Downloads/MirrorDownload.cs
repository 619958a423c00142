using System.Net;
using System.Net.Http.Headers;

namespace AuxLossRnn.Data;

/// <summary>One try to get a file, or the missing rest of it, from one mirror.</summary>
internal sealed class MirrorDownload(HttpClient client, TimeSpan stallTimeout, TimeProvider time)
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Downloads into the .part file, from where it ends if the server can do that.</summary>
    /// <exception cref="MirrorException">The mirror failed; what came before stays in the .part file.</exception>
    /// <exception cref="IOException">The .part file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task RunAsync(
        Uri mirror, ManifestFile file, string part, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        long offset = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var stall = new CancellationTokenSource(stallTimeout, time);
        using CancellationTokenRegistration link = cancel.Register(stall.Cancel);
        using HttpResponseMessage response = await FromNetwork(() => Ask(mirror, offset, stall.Token), cancel);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && offset > 0 && offset >= (file.Size ?? 0))
        {
            return; // Nothing comes after what we have; the checksum tells whether that is the file.
        }

        bool appends = offset > 0 && response.StatusCode == HttpStatusCode.PartialContent;
        if (appends && response.Content.Headers.ContentRange?.From != offset)
        {
            File.Delete(part); // The server means something else by a range: do without one.
            await RunAsync(mirror, file, part, progress, cancel);
            return;
        }

        long? total = Total(response, appends, file);
        await using Stream body = await FromNetwork(() => response.Content.ReadAsStreamAsync(stall.Token), cancel);
        await using var output = new FileStream(part, appends ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        byte[] buffer = new byte[BufferSize];
        long done = appends ? offset : 0;
        progress?.Report(new DownloadProgress(mirror, done, total));
        while (true)
        {
            stall.CancelAfter(stallTimeout);
            int read = await FromNetwork(() => body.ReadAsync(buffer, stall.Token).AsTask(), cancel, done, total);
            stall.CancelAfter(Timeout.InfiniteTimeSpan); // A slow disk is not the mirror's fault.
            if (read == 0)
            {
                break;
            }

            done += read;
            if (done > total)
            {
                output.SetLength(0);
                throw new MirrorException($"it sends more than the {total:N0} bytes of the file");
            }

            await output.WriteAsync(buffer.AsMemory(0, read), cancel);
            progress?.Report(new DownloadProgress(mirror, done, total));
        }

        output.Flush(flushToDisk: true);
        if (done < total)
        {
            throw new MirrorException($"the connection ended after {done:N0} of {total:N0} bytes");
        }
    }

    private async Task<HttpResponseMessage> Ask(Uri mirror, long offset, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, mirror);
        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    /// <summary>The whole file's size, after checks that leave the .part file alone if this mirror has another file.</summary>
    private static long? Total(HttpResponseMessage response, bool appends, ManifestFile file)
    {
        if (!appends && response.StatusCode != HttpStatusCode.OK)
        {
            throw new MirrorException($"it answers HTTP {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        HttpContentHeaders headers = response.Content.Headers;
        long? offered = appends ? headers.ContentRange!.Length : headers.ContentLength;
        return offered is null || file.Size is null || offered == file.Size
            ? file.Size ?? offered
            : throw new MirrorException($"it offers a file of {offered:N0} bytes instead of {file.Size:N0}");
    }

    /// <summary>Turns the ways in which a network can fail into one, and tells a stall from a cancellation.</summary>
    private async Task<TResult> FromNetwork<TResult>(
        Func<Task<TResult>> operation, CancellationToken cancel, long done = 0, long? total = null)
    {
        string progress = done > 0 ? $" after {done:N0}{(total is null ? "" : $" of {total:N0}")} bytes" : "";
        try
        {
            return await operation();
        }
        catch (OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new MirrorException($"it sent nothing for {stallTimeout.TotalSeconds:0.###} seconds{progress}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new MirrorException($"the connection failed{progress}: {e.Message}");
        }
    }
}
