using System.Net.Sockets;
using System.Text;

namespace AuxLossRnn.Data.Tests;

/// <summary>A request and the ways to answer it.</summary>
internal sealed record LoopbackRequest(long? From, NetworkStream Stream, CancellationToken Stop)
{
    /// <summary>Answers as a good server does: the whole, the range asked for, or that there is no such range.</summary>
    public Task Whole(byte[] content) => Part(content, content.Length);

    /// <summary>Promises what a good server does, but stops before the byte <paramref name="end"/> of the whole.</summary>
    public async Task Part(byte[] content, int end)
    {
        int from = (int)(From ?? 0);
        if (from >= content.Length)
        {
            await Head("416 Range Not Satisfiable", $"Content-Range: bytes */{content.Length}", "Content-Length: 0");
            return;
        }

        await (From is null
            ? Head("200 OK", $"Content-Length: {content.Length}")
            : Head(
                "206 Partial Content",
                $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}",
                $"Content-Length: {content.Length - from}"));
        await Body(content.AsMemory(from, Math.Max(0, end - from)));
    }

    /// <summary>Answers 200 with the whole, whatever range was asked for.</summary>
    public async Task WithoutRange(byte[] content)
    {
        await Head("200 OK", $"Content-Length: {content.Length}");
        await Body(content);
    }

    public async Task Head(string status, params string[] headers) =>
        await Stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n"),
            Stop);

    public async Task Body(ReadOnlyMemory<byte> content) => await Stream.WriteAsync(content, Stop);

    /// <summary>Sends nothing more and keeps the connection open until the test ends.</summary>
    public Task Stall() => Task.Delay(Timeout.Infinite, Stop);
}
