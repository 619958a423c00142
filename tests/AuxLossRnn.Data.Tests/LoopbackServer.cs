using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AuxLossRnn.Data.Tests;

/// <summary>An HTTP server on raw sockets, so that it can also misbehave below HTTP: one answer for each path.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Func<LoopbackRequest, Task>> _answers = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public LoopbackServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The requests in the order of their coming: path, and where the range asked for begins.</summary>
    public ConcurrentQueue<(string Path, long? From)> Requests { get; } = [];

    /// <summary>Makes a path answer in some way.</summary>
    public Uri On(string path, Func<LoopbackRequest, Task> answer)
    {
        _answers[path] = answer;
        return new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{path}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                var head = new StringBuilder();
                byte[] one = new byte[1];
                while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    await stream.ReadExactlyAsync(one, _stop.Token);
                    head.Append((char)one[0]);
                }

                string path = head.ToString().Split(' ')[1];
                string? range = head.ToString().Split("\r\n").FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.Ordinal));
                long? from = range is null ? null : long.Parse(range["Range: bytes=".Length..^1], CultureInfo.InvariantCulture);
                Requests.Enqueue((path, from));
                await _answers[path](new LoopbackRequest(from, stream, _stop.Token));
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
