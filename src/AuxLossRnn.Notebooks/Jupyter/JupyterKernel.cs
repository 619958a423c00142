using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
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
    private readonly INotebookSession _session;
    private readonly CellHistory _history = new();
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;
    private (Request Request, string Name, PublishedOutput Output)? _cell;
    private long _abortedThrough;
    private int _count;

    private JupyterKernel(KernelSockets sockets, INotebookSession session)
    {
        _sockets = sockets;
        _session = session;
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
            Console.SetIn(new RefusedInput());
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
            Interrupt();
        });
        AppDomain.CurrentDomain.ProcessExit += EndWithProcess;
        using CancellationTokenRegistration end = cancellation.Register(() => _shutdown.TrySetResult());
        _ = EndWithParentAsync();
        _sockets.Publish("{}"u8.ToArray(), "status", Status("starting"));
        // A session may compute on the caller's thread: the control socket has one of its own.
        Task shell = Task.Run(() => HandleAsync(KernelSocket.Shell, _sockets.ShellRequests), CancellationToken.None);
        Task control = Task.Run(() => HandleAsync(KernelSocket.Control, _sockets.ControlRequests), CancellationToken.None);
        await _shutdown.Task;
        Interrupt();
        _sockets.CompleteRequests();
        await Task.WhenAny(Task.WhenAll(shell, control), Task.Delay(Patience, CancellationToken.None));
        AppDomain.CurrentDomain.ProcessExit -= EndWithProcess;
    }

    // A cell that calls Environment.Exit takes the kernel with it: its client is told before.
    private void EndWithProcess(object? sender, EventArgs e)
    {
        CellContext.Current = null; // what is said from here on is not the cell's
        if (_cell is not var (request, name, output))
        {
            return;
        }

        CellError ended = CellErrors.Ended(name, request.Text("code"));
        KernelSockets.Log(ended.Message);
        Interrupt();

        // On another thread, and not for ever: a lock that is held here is held until the end.
        Task.Run(() =>
        {
            output.Dispose();
            PublishError(request, ended);
            JsonObject error = Error(ended.Name, ended.Message, ended.Traceback);
            error["execution_count"] = _count;
            _sockets.Reply(KernelSocket.Shell, request, "execute_reply", error);
            _sockets.Publish(request.Header, "status", Status("idle"));
            _sockets.Dispose();
            NetMQConfig.Cleanup(block: true);
        }).Wait(Patience);
    }

    private void PublishError(Request request, CellError error) => _sockets.Publish(request.Header, "error", new JsonObject
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = Array(error.Traceback),
    });

    // A client that was killed cannot say goodbye; Jupyter tells the kernel whose child it is.
    private async Task EndWithParentAsync()
    {
        if (OperatingSystem.IsWindows() || !int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), out int id) || id <= 1)
        {
            return;
        }

        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It is gone already.
        }

        KernelSockets.Log("the client that started it is gone: it ends");
        _shutdown.TrySetResult();
    }

    private static JsonObject Status(string state) => new() { ["execution_state"] = state };

    private async Task HandleAsync(KernelSocket socket, IAsyncEnumerable<Request> requests)
    {
        await foreach (Request request in requests)
        {
            if (_shutdown.Task.IsCompleted)
            {
                return;
            }

            _sockets.Publish(request.Header, "status", Status("busy"));
            try
            {
                await HandleAsync(socket, request);
            }
#pragma warning disable CA1031 // A request that cannot be handled is not the kernel's end.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                KernelSockets.Log($"{request.Type} failed: {problem}");
                if (ReplyType(request) is { } reply)
                {
                    _sockets.Reply(socket, request, reply, Error(problem.GetType().Name, problem.Message, []));
                }
            }

            _sockets.Publish(request.Header, "status", Status("idle"));
            if (request.Type == "shutdown_request")
            {
                _shutdown.TrySetResult();
            }
        }
    }

    private static string? ReplyType(Request request)
    {
        const string suffix = "_request";
        return request.Type.EndsWith(suffix, StringComparison.Ordinal) ? $"{request.Type[..^suffix.Length]}_reply" : null;
    }

    private async Task HandleAsync(KernelSocket socket, Request request)
    {
        switch (request.Type)
        {
            case "comm_open" or "comm_msg":
                // There is nobody to talk to: the client is to forget the comm.
                _sockets.Publish(request.Header, "comm_close", new JsonObject { ["comm_id"] = request.Text("comm_id"), ["data"] = new JsonObject() });
                return;
            case "comm_close":
                return;
            default:
                break;
        }

        JsonObject? content = request.Type switch
        {
            "kernel_info_request" => KernelInfo(),
            "execute_request" when socket == KernelSocket.Shell => await ExecuteAsync(request),
            "complete_request" => await CompleteAsync(request),
            "inspect_request" => await InspectAsync(request),
            "history_request" => History(request),
            "is_complete_request" => Completeness(request),
            "comm_info_request" => new JsonObject { ["comms"] = new JsonObject() },
            "interrupt_request" => InterruptOnRequest(),
            "shutdown_request" => Shutdown(request),
            _ => null,
        };
        if (content is null)
        {
            KernelSockets.Log($"{request.Type} is not known on the {socket} socket");
            if (ReplyType(request) is { } refusal)
            {
                _sockets.Reply(socket, request, refusal, Error("NotSupported", $"This kernel does not know {request.Type} here.", []));
            }

            return;
        }

        content.TryAdd("status", "ok");
        _sockets.Reply(socket, request, ReplyType(request)!, content);
    }

    private static JsonObject Error(string name, string message, IReadOnlyList<string> traceback) => new()
    {
        ["status"] = "error",
        ["ename"] = name,
        ["evalue"] = message,
        ["traceback"] = Array(traceback),
    };

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)JsonValue.Create(text))];

    private static JsonObject KernelInfo()
    {
        string version = typeof(JupyterKernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        return new JsonObject
        {
            ["protocol_version"] = ProtocolVersion,
            ["implementation"] = "auxloss",
            ["implementation_version"] = version,
            ["language_info"] = new JsonObject
            {
                ["name"] = KernelSpec.Language,
                ["version"] = "14.0",
                ["mimetype"] = "text/x-csharp",
                ["file_extension"] = ".cs",
                ["pygments_lexer"] = "csharp",
                ["codemirror_mode"] = "text/x-csharp",
            },
            ["banner"] = $"AuxLossRnn {version}: C# on {RuntimeInformation.FrameworkDescription}",
            ["help_links"] = new JsonArray(),
        };
    }

    private async Task<JsonObject> ExecuteAsync(Request request)
    {
        if (request.Number <= _abortedThrough)
        {
            return new JsonObject { ["status"] = "aborted", ["execution_count"] = _count };
        }

        string code = request.Text("code");
        bool silent = request.Flag("silent", missing: false);
        IReadOnlyList<(string, string)> asked = request.Texts("user_expressions");
        var expressions = new JsonObject();
        using var running = new CancellationTokenSource();
        CellResult result;
        lock (_gate)
        {
            // Before the clients hear that the cell runs: from then on they may interrupt it.
            _running = running;
        }

        void Publish(string type, JsonObject content)
        {
            if (!silent)
            {
                _sockets.Publish(request.Header, type, content);
            }
        }

        try
        {
            int number = _count + 1;
            bool counted = !silent && request.Flag("store_history", missing: true);
            if (counted)
            {
                _count = number;
                _history.Add(number, code);
            }

            Publish("execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number });
            CancellationToken stopped = running.Token;
            using var output = new PublishedOutput(PublishWhenRead, number);
            _cell = (request, CellErrors.CellName(counted ? number : null), output);
            void PublishWhenRead(string type, JsonObject content)
            {
                if (!silent)
                {
                    _sockets.PublishWhenRead(request.Header, type, content, stopped);
                }
            }

            result = await _session.ExecuteAsync(code, output, counted ? number : null, stopped);
            foreach ((string name, string expression) in result.Status == CellStatus.Succeeded ? asked : [])
            {
                expressions[name] = await EvaluateAsync(expression, output, stopped);
            }
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            result = new CellResult(CellStatus.Cancelled);
        }
#pragma warning disable CA1031 // The session has a fault: the cell's author hears of it, and the kernel goes on.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            KernelSockets.Log($"the session failed: {problem}");
            result = new CellResult(CellStatus.Failed, new CellError(problem.GetType().Name, problem.Message, null, null, problem.ToString().Split('\n')));
        }
        finally
        {
            _cell = null;
            lock (_gate)
            {
                _running = null;
            }
        }

        if (result.Status == CellStatus.Succeeded)
        {
            return new JsonObject
            {
                ["execution_count"] = _count,
                ["user_expressions"] = expressions,
                ["payload"] = new JsonArray(),
            };
        }

        CellError told = Describe(result);
        if (!silent)
        {
            PublishError(request, told);
        }

        JsonObject error = Error(told.Name, told.Message, told.Traceback);
        if (request.Flag("stop_on_error", missing: true))
        {
            _abortedThrough = await _sockets.LastShellRequestAsync();
        }

        error["execution_count"] = _count;
        return error;
    }

    // Asked beside a cell, after it: the cells' numbers and history know nothing of it.
    private async Task<JsonObject> EvaluateAsync(string expression, ICellOutput cell, CancellationToken cancellation)
    {
        var output = new ExpressionOutput(cell);
        CellResult result = await _session.ExecuteAsync(expression, output, null, cancellation);
        if (result.Status != CellStatus.Succeeded)
        {
            CellError told = Describe(result);
            return Error(told.Name, told.Message, told.Traceback);
        }

        return new JsonObject
        {
            ["status"] = "ok",
            ["data"] = output.Value is MimeBundle value ? PublishedOutput.Data(value) : new JsonObject(),
            ["metadata"] = new JsonObject(),
        };
    }

    private static CellError Describe(CellResult result)
    {
        if (result.Status == CellStatus.Cancelled)
        {
            const string stopped = "The cell was stopped. What earlier cells made is kept.";
            return new CellError("Interrupted", stopped, null, null, [stopped]);
        }

        return result.Error ?? new CellError("Error", "The cell failed.", null, null, ["The cell failed."]);
    }

    private async Task<JsonObject> CompleteAsync(Request request)
    {
        string code = request.Text("code");
        CompletionList found = await _session.CompleteAsync(code, Place(request, code));
        return new JsonObject
        {
            ["matches"] = Array(found.Matches),
            ["cursor_start"] = CodePoints.FromUtf16(code, found.Start),
            ["cursor_end"] = CodePoints.FromUtf16(code, found.End),
            ["metadata"] = new JsonObject(),
        };
    }

    private async Task<JsonObject> InspectAsync(Request request)
    {
        string code = request.Text("code");
        MimeBundle? known = await _session.InspectAsync(code, Place(request, code));
        return new JsonObject
        {
            ["found"] = known is not null,
            ["data"] = known is null ? new JsonObject() : PublishedOutput.Data(known),
            ["metadata"] = new JsonObject(),
        };
    }

    private static int Place(Request request, string code) => CodePoints.ToUtf16(code, request.Whole("cursor_pos") ?? int.MaxValue);

    private JsonObject History(Request request)
    {
        IReadOnlyList<HistoryCell> cells = request.Text("hist_access_type") switch
        {
            "tail" => _history.Tail(request.Whole("n") ?? int.MaxValue),
            "range" => _history.Range(request.Whole("session") ?? 0, request.Whole("start") ?? 0, request.Whole("stop")),
            "search" => _history.Search(request.Text("pattern", "*"), request.Whole("n"), request.Flag("unique", missing: false)),
            var other => throw new InvalidDataException($"The history is read by tail, range or search, not by {other}."),
        };
        bool output = request.Flag("output", missing: false);
        // Outputs are not kept; a client that asks for them gets none beside each cell.
        return new JsonObject
        {
            ["history"] = new JsonArray([.. cells.Select(cell => new JsonArray(
                CellHistory.Session, cell.Number, output ? new JsonArray(cell.Code, null) : JsonValue.Create(cell.Code)))]),
        };
    }

    private JsonObject Completeness(Request request)
    {
        string code = request.Text("code");
        return _session.Completeness(code) switch
        {
            CellCompleteness.Complete => new JsonObject { ["status"] = "complete" },
            CellCompleteness.Incomplete => new JsonObject { ["status"] = "incomplete", ["indent"] = OpenCode.Indent(code) },
            _ => new JsonObject { ["status"] = "invalid" },
        };
    }

    private JsonObject InterruptOnRequest()
    {
        Interrupt();
        return [];
    }

    private JsonObject Shutdown(Request request)
    {
        Interrupt();
        return new JsonObject { ["restart"] = request.Flag("restart", missing: false) };
    }

    private void Interrupt()
    {
        lock (_gate)
        {
            // What a cell does when it is stopped runs elsewhere, not on the thread that took the signal.
            _ = _running?.CancelAsync();
        }
    }

    private sealed class RefusedInput : TextReader
    {
        public override int Read() => throw Refusal();

        public override int Peek() => throw Refusal();

        public override string? ReadLine() => throw Refusal();

        private static InvalidOperationException Refusal() =>
            new("This kernel cannot ask for input while a cell runs. Write the value into the cell.");
    }
}
