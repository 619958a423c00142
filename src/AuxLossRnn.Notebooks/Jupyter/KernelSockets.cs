using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using AuxLossRnn.Runtime;
using NetMQ;
using NetMQ.Sockets;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>
/// A kernel's five sockets. One thread of their own reads and writes four of them, a second one beats the heart, so that
/// neither waits for a cell.
/// </summary>
internal sealed class KernelSockets : IDisposable
{
    // How long the last messages may take to leave when the kernel ends.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly JupyterWire _wire;
    private readonly OutboundBytes _outbound;
    private readonly RouterSocket _shell = new();
    private readonly RouterSocket _control = new();
    private readonly RouterSocket _stdin = new();
    private readonly PublisherSocket _published = new();
    private readonly ResponseSocket _heartbeat = new();
    private readonly NetMQQueue<Action> _tasks = new();
    private readonly NetMQPoller _poller;
    private readonly NetMQPoller _heart;
    private readonly Thread _pollerThread;
    private readonly Thread _heartThread;
    private readonly Channel<Request> _shellRequests = Channel.CreateUnbounded<Request>();
    private readonly Channel<Request> _controlRequests = Channel.CreateUnbounded<Request>();
    private long _received;

    /// <summary>Binds the sockets and starts their threads.</summary>
    /// <param name="connection">Where to listen.</param>
    /// <param name="wire">Makes and reads messages.</param>
    /// <param name="outbound">Counts what has not left; already the process's pool of buffers.</param>
    /// <exception cref="UserException">A port is taken, or the address is not this machine's.</exception>
    internal KernelSockets(ConnectionFile connection, JupyterWire wire, OutboundBytes outbound)
    {
        (_wire, _outbound) = (wire, outbound);
        foreach (RouterSocket socket in (RouterSocket[])[_shell, _control, _stdin])
        {
            // A client that comes back before its old connection is gone has the same identity.
            socket.Options.RouterHandover = true;
        }

        try
        {
            Bind(_shell, connection.Address(connection.ShellPort));
            Bind(_control, connection.Address(connection.ControlPort));
            Bind(_stdin, connection.Address(connection.StdinPort));
            Bind(_published, connection.Address(connection.IopubPort));
            Bind(_heartbeat, connection.Address(connection.HbPort));
        }
        catch (UserException)
        {
            DisposeSockets();
            throw;
        }

        _shell.ReceiveReady += (_, _) => Receive(_shell, Accept);
        _control.ReceiveReady += (_, _) => Receive(_control, request => _controlRequests.Writer.TryWrite(request));
        _stdin.ReceiveReady += (_, _) => Receive(_stdin, request => KernelLog.Write($"dropped {request.Type}: this kernel asks for no input"));
        _tasks.ReceiveReady += (_, _) =>
        {
            while (_tasks.TryDequeue(out Action? task, TimeSpan.Zero))
            {
                task();
            }
        };
        _heartbeat.ReceiveReady += (_, _) => _heartbeat.SendMultipartMessage(_heartbeat.ReceiveMultipartMessage());
        // The publisher is polled for nothing but its own commands: it hears there that a client has gone.
        _poller = new NetMQPoller { _shell, _control, _stdin, _published, _tasks };
        _heart = new NetMQPoller { _heartbeat };
        _pollerThread = Start("Jupyter messages", _poller);
        _heartThread = Start("Jupyter heartbeat", _heart);
    }

    /// <summary>Requests in the order they came; each is handled after the one before it.</summary>
    internal IAsyncEnumerable<Request> ShellRequests => _shellRequests.Reader.ReadAllAsync();

    /// <summary>Requests that do not wait for a cell.</summary>
    internal IAsyncEnumerable<Request> ControlRequests => _controlRequests.Reader.ReadAllAsync();

    /// <summary>Answers a request. From any thread; messages leave in the order of the calls.</summary>
    internal void Reply(KernelSocket socket, Request request, string type, JsonObject content) =>
        Send(socket == KernelSocket.Shell ? _shell : _control, request.Identities, type, request.Header, content);

    /// <summary>Tells all clients.</summary>
    /// <param name="parentHeader">The header of the request that it comes from, in JSON.</param>
    /// <param name="type">The message's type.</param>
    /// <param name="content">Its content.</param>
    internal void Publish(byte[] parentHeader, string type, JsonObject content) =>
        Send(_published, [Encoding.ASCII.GetBytes(type)], type, parentHeader, content);

    /// <summary>Tells all clients, once the slowest of them has read enough of what was told before.</summary>
    /// <param name="parentHeader">The header of the request that it comes from, in JSON.</param>
    /// <param name="type">The message's type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="cancellation">Ends the wait; without room the message is then dropped.</param>
    internal void PublishWhenRead(byte[] parentHeader, string type, JsonObject content, CancellationToken cancellation)
    {
        if (_outbound.WaitForRoom(cancellation))
        {
            Publish(parentHeader, type, content);
        }
    }

    /// <summary>The number of the last request on the shell socket, those included that lie there unread.</summary>
    internal Task<long> LastShellRequestAsync()
    {
        var number = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _tasks.Enqueue(() =>
        {
            Receive(_shell, Accept);
            number.SetResult(_received);
        });
        return number.Task;
    }

    /// <summary>Takes no more requests; those that wait unread on the shell socket are lost.</summary>
    internal void CompleteRequests()
    {
        _shellRequests.Writer.TryComplete();
        _controlRequests.Writer.TryComplete();
    }

    /// <summary>Sends what is left and closes the sockets.</summary>
    public void Dispose()
    {
        _tasks.Enqueue(_poller.Stop);
        _pollerThread.Join();
        _heart.Stop();
        _heartThread.Join();
        _poller.Dispose();
        _heart.Dispose();
        DisposeSockets();
    }

    private static void Bind(NetMQSocket socket, string address)
    {
        socket.Options.Linger = Linger;
        // Nothing is dropped because a client reads slowly: the cell waits for it instead.
        socket.Options.SendHighWatermark = 0;
        try
        {
            socket.Bind(address);
        }
        catch (Exception problem) when (problem is NetMQException or ArgumentException)
        {
            throw new UserException($"The kernel cannot listen at {address}: {problem.Message} Another program may have taken the port; start the kernel again.", problem);
        }
    }

    private static Thread Start(string name, NetMQPoller poller)
    {
        var thread = new Thread(poller.Run)
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    private void Send(NetMQSocket socket, IReadOnlyList<byte[]> identities, string type, byte[] parentHeader, JsonObject content)
    {
        IReadOnlyList<byte[]> frames = _wire.Encode(identities, type, parentHeader, content);
        long bytes = frames.Sum(frame => (long)frame.Length);
        _outbound.Add(bytes);
        try
        {
            _tasks.Enqueue(() =>
            {
                // From here on the socket's copies count.
                socket.SendMultipartBytes(frames);
                _outbound.Add(-bytes);
            });
        }
        catch (Exception problem) when (problem is TerminatingException or ObjectDisposedException)
        {
            // The kernel ends while a thread that a cell left behind still prints.
            _outbound.Add(-bytes);
        }
    }

    private void Accept(Request request) => _shellRequests.Writer.TryWrite(request with { Number = ++_received });

    private void Receive(RouterSocket socket, Action<Request> take)
    {
        List<byte[]> frames = [];
        while (socket.TryReceiveMultipartBytes(ref frames!))
        {
            try
            {
                take(_wire.Decode(frames));
            }
            catch (InvalidDataException problem)
            {
                KernelLog.Write($"dropped a message: {problem.Message}");
            }
        }
    }

    private void DisposeSockets()
    {
        _tasks.Dispose();
        _shell.Dispose();
        _control.Dispose();
        _stdin.Dispose();
        _published.Dispose();
        _heartbeat.Dispose();
    }
}
