using System.Runtime.InteropServices;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using NetMQ;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>A Jupyter kernel: runs the cells that clients send over sockets (Jupyter's messaging protocol 5.3).</summary>
public sealed class JupyterKernel
{
    internal const string ProtocolVersion = "5.3";

    // How long a running cell may take to stop when the kernel is to end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly KernelSockets _sockets;
    private readonly CellExecution _cells;
    private readonly RequestLoop _requests;
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JupyterKernel(KernelSockets sockets, INotebookSession session)
    {
        var history = new CellHistory();
        _sockets = sockets;
        _cells = new CellExecution(sockets, session, history);
        _requests = new RequestLoop(sockets, _cells, history, new CodeReplies(session), _shutdown);
    }

    /// <summary>
    /// Runs a kernel until a client asks it to end. It takes the process: SIGINT stops the running cell, and the console's
    /// input is refused to cells. One kernel a process.
    /// </summary>
    /// <param name="connectionFile">Where to listen: the file that Jupyter writes.</param>
    /// <param name="sessions">Makes the session that runs the cells.</param>
    /// <param name="cancellation">Ends the kernel.</param>
    /// <exception cref="UserException">The file cannot be read, or a port is taken.</exception>
    public static async Task RunAsync(string connectionFile, Func<INotebookSession> sessions, CancellationToken cancellation = default)
    {
        ConnectionFile connection = ConnectionFile.Read(connectionFile);
        var outbound = new OutboundBytes(OutboundBytes.Usual);
        BufferPool.SetCustomBufferPool(outbound);
        try
        {
            using var sockets = new KernelSockets(connection, new JupyterWire(connection.Key), outbound);
            RefusedInput.Install();
            HiddenTerminal.Install();
            INotebookSession session = sessions();
            await new JupyterKernel(sockets, session).RunAsync(cancellation);
            // A cell that does not let itself be stopped is not waited for: the process ends, and the cell with it.
            await Task.WhenAny(session.DisposeAsync().AsTask(), Task.Delay(Patience, CancellationToken.None));
        }
        finally
        {
            // Waits until the last replies have left.
            NetMQConfig.Cleanup(block: true);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        using PosixSignalRegistration signal = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            _cells.Interrupt();
        });
        AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
        using CancellationTokenRegistration end = cancellation.Register(() => _shutdown.TrySetResult());
        _ = EndWithParentAsync();
        _sockets.Publish("{}"u8.ToArray(), "status", MessageContent.State("starting"));
        // A session may compute on the caller's thread: the control socket has one of its own.
        Task shell = Task.Run(() => _requests.RunAsync(KernelSocket.Shell, _sockets.ShellRequests), CancellationToken.None);
        Task control = Task.Run(() => _requests.RunAsync(KernelSocket.Control, _sockets.ControlRequests), CancellationToken.None);
        await _shutdown.Task;
        _cells.Interrupt();
        _sockets.CompleteRequests();
        await Task.WhenAny(Task.WhenAll(shell, control), Task.Delay(Patience, CancellationToken.None));
        AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
    }

    // A cell that calls Environment.Exit takes the kernel with it: its client is told before.
    private void EndWithProcess(object? sender, EventArgs e)
    {
        CellContext.Current = null; // what is said from here on is not the cell's
        if (_cells.Cell is not RunningCell cell)
        {
            return;
        }

        CellError ended = CellErrors.Ended(cell.Name, cell.Request.Text("code"));
        KernelLog.Write(ended.Message);
        _cells.Interrupt();

        // On another thread, and not for ever: a lock that is held here is held until the end.
        Task.Run(() =>
        {
            cell.Output.Dispose();
            _sockets.Publish(cell.Request.Header, "error", MessageContent.Error(ended));
            _sockets.Reply(KernelSocket.Shell, cell.Request, "execute_reply", _cells.Failed(ended));
            _sockets.Publish(cell.Request.Header, "status", MessageContent.State("idle"));
            _sockets.Dispose();
            NetMQConfig.Cleanup(block: true);
        }).Wait(Patience);
    }

    // A client that was killed cannot say goodbye.
    private async Task EndWithParentAsync()
    {
        if (await ParentProcess.EndedAsync())
        {
            KernelLog.Write("the client that started it is gone: it ends");
            _shutdown.TrySetResult();
        }
    }
}
