using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Takes the requests of clients one by one and answers each, between a busy and an idle state.</summary>
/// <param name="sockets">Where requests come in and answers leave.</param>
/// <param name="cells">Runs cells.</param>
/// <param name="history">Keeps the cells that ran.</param>
/// <param name="code">Knows what can be said of code.</param>
/// <param name="shutdown">Ends the loop; the loop sets it when a client asks the kernel to end.</param>
internal sealed class RequestLoop(
    KernelSockets sockets, CellExecution cells, CellHistory history, CodeReplies code, TaskCompletionSource shutdown)
{
    /// <summary>Answers a socket's requests until the kernel is to end.</summary>
    internal async Task RunAsync(KernelSocket socket, IAsyncEnumerable<Request> requests)
    {
        await foreach (Request request in requests)
        {
            if (shutdown.Task.IsCompleted)
            {
                return;
            }

            sockets.Publish(request.Header, "status", MessageContent.State("busy"));
            try
            {
                await AnswerAsync(socket, request);
            }
#pragma warning disable CA1031 // A request that cannot be handled is not the kernel's end.
            catch (Exception problem)
#pragma warning restore CA1031
            {
                KernelLog.Write($"{request.Type} failed: {problem}");
                if (ReplyType(request) is { } reply)
                {
                    sockets.Reply(socket, request, reply, MessageContent.Failed(problem.GetType().Name, problem.Message, []));
                }
            }

            sockets.Publish(request.Header, "status", MessageContent.State("idle"));
            if (request.Type == "shutdown_request")
            {
                shutdown.TrySetResult();
            }
        }
    }

    private static string? ReplyType(Request request)
    {
        const string suffix = "_request";
        return request.Type.EndsWith(suffix, StringComparison.Ordinal) ? $"{request.Type[..^suffix.Length]}_reply" : null;
    }

    private async Task AnswerAsync(KernelSocket socket, Request request)
    {
        switch (request.Type)
        {
            case "comm_open" or "comm_msg":
                // There is nobody to talk to: the client is to forget the comm.
                sockets.Publish(request.Header, "comm_close", new JsonObject { ["comm_id"] = request.Text("comm_id"), ["data"] = new JsonObject() });
                return;
            case "comm_close":
                return;
            default:
                break;
        }

        JsonObject? content = request.Type switch
        {
            "kernel_info_request" => KernelInfo.Content(),
            "execute_request" when socket == KernelSocket.Shell => await ExecuteAsync(request),
            "complete_request" => await code.CompleteAsync(request),
            "inspect_request" => await code.InspectAsync(request),
            "history_request" => HistoryReply.Content(history, request),
            "is_complete_request" => code.Completeness(request),
            "comm_info_request" => new JsonObject { ["comms"] = new JsonObject() },
            "interrupt_request" => Interrupt(),
            "shutdown_request" => Shutdown(request),
            _ => null,
        };
        if (content is null)
        {
            KernelLog.Write($"{request.Type} is not known on the {socket} socket");
            if (ReplyType(request) is { } refusal)
            {
                sockets.Reply(socket, request, refusal, MessageContent.Failed("NotSupported", $"This kernel does not know {request.Type} here.", []));
            }

            return;
        }

        content.TryAdd("status", "ok");
        sockets.Reply(socket, request, ReplyType(request)!, content);
    }

    private async Task<JsonObject> ExecuteAsync(Request request)
    {
        code.CellStarts();
        JsonObject reply = await cells.ExecuteAsync(request);
        code.CellEnded();
        return reply;
    }

    private JsonObject Interrupt()
    {
        cells.Interrupt();
        return [];
    }

    private JsonObject Shutdown(Request request)
    {
        cells.Interrupt();
        return new JsonObject { ["restart"] = request.Flag("restart", missing: false) };
    }
}
