using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Runs the cells that clients send, one after the other, and stops them.</summary>
/// <param name="sockets">Takes what the cells show.</param>
/// <param name="session">Runs the cells.</param>
/// <param name="history">Keeps the cells that ran.</param>
internal sealed class CellExecution(KernelSockets sockets, INotebookSession session, CellHistory history)
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running;
    private long _abortedThrough;
    private int _count;

    /// <summary>The cell that runs; null for none.</summary>
    internal RunningCell? Cell { get; private set; }

    /// <summary>Runs a cell and what is asked beside it.</summary>
    /// <returns>The content of an <c>execute_reply</c>.</returns>
    internal async Task<JsonObject> ExecuteAsync(Request request)
    {
        if (request.Number <= _abortedThrough)
        {
            // Without a number: JupyterLab would write the last cell's at this one, which was not run.
            return new JsonObject { ["status"] = "aborted" };
        }

        bool silent = request.Flag("silent", missing: false);
        var expressions = new JsonObject();
        CellResult result = await RunAsync(request, silent, expressions);
        if (result.Status == CellStatus.Succeeded)
        {
            return new JsonObject
            {
                ["execution_count"] = _count,
                ["user_expressions"] = expressions,
                ["payload"] = new JsonArray(),
            };
        }

        CellError problem = Describe(result);
        if (!silent)
        {
            sockets.Publish(request.Header, "error", MessageContent.Error(problem));
        }

        if (request.Flag("stop_on_error", missing: true))
        {
            _abortedThrough = await sockets.LastShellRequestAsync();
        }

        return Failed(problem);
    }

    /// <summary>The content of an <c>execute_reply</c> to a cell that did not succeed.</summary>
    internal JsonObject Failed(CellError problem)
    {
        JsonObject reply = MessageContent.Failed(problem.Name, problem.Message, problem.Traceback);
        reply["execution_count"] = _count;
        return reply;
    }

    /// <summary>Stops the cell that runs.</summary>
    internal void Interrupt()
    {
        lock (_gate)
        {
            // What a cell does when it is stopped runs elsewhere, not on the thread that took the signal.
            _ = _running?.CancelAsync();
        }
    }

    private async Task<CellResult> RunAsync(Request request, bool silent, JsonObject expressions)
    {
        string code = request.Text("code");
        IReadOnlyList<(string, string)> asked = request.Texts("user_expressions");
        using var running = new CancellationTokenSource();
        lock (_gate)
        {
            // Before the clients hear that the cell runs: from then on they may interrupt it.
            _running = running;
        }

        try
        {
            int number = _count + 1;
            bool counted = !silent && request.Flag("store_history", missing: true);
            if (counted)
            {
                _count = number;
                history.Add(number, code);
            }

            if (!silent)
            {
                sockets.Publish(request.Header, "execute_input", new JsonObject { ["code"] = code, ["execution_count"] = number });
            }

            CancellationToken stopped = running.Token;
            using var output = new PublishedOutput(PublishWhenRead, number);
            Cell = new RunningCell(request, CellErrors.CellName(counted ? number : null), output);
            void PublishWhenRead(string type, JsonObject content)
            {
                if (!silent)
                {
                    sockets.PublishWhenRead(request.Header, type, content, stopped);
                }
            }

            CellResult result = await session.ExecuteAsync(code, output, counted ? number : null, stopped);
            foreach ((string name, string expression) in result.Status == CellStatus.Succeeded ? asked : [])
            {
                expressions[name] = await EvaluateAsync(expression, output, stopped);
            }

            return result;
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            return new CellResult(CellStatus.Cancelled);
        }
#pragma warning disable CA1031 // The session has a fault: the cell's author hears of it, and the kernel goes on.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            KernelLog.Write($"the session failed: {problem}");
            return new CellResult(CellStatus.Failed, new CellError(problem.GetType().Name, problem.Message, null, null, problem.ToString().Split('\n')));
        }
        finally
        {
            Cell = null;
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    // Asked beside a cell, after it: the cells' numbers and history know nothing of it.
    private async Task<JsonObject> EvaluateAsync(string expression, ICellOutput cell, CancellationToken cancellation)
    {
        var output = new ExpressionOutput(cell);
        CellResult result = await session.ExecuteAsync(expression, output, null, cancellation);
        if (result.Status != CellStatus.Succeeded)
        {
            CellError problem = Describe(result);
            return MessageContent.Failed(problem.Name, problem.Message, problem.Traceback);
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

        if (result is { Status: CellStatus.StillRunning, Error: CellError error })
        {
            string said = error.Message + " Cells after it are refused until it ends. To go on at once, restart the kernel; what earlier cells made is then lost.";
            return error with { Message = said, Traceback = [said] };
        }

        return result.Error ?? new CellError("Error", "The cell failed.", null, null, ["The cell failed."]);
    }
}
