using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Replies about the code of a cell that is being written.</summary>
/// <param name="session">Knows the code of the cells before it.</param>
internal sealed class CodeReplies(INotebookSession session)
{
    // A client that sends the next cell at once is none that completes.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private int _cells;
    private bool _prepared;

    /// <summary>A cell is to run: nothing is prepared beside it, which would cost it seconds.</summary>
    internal void CellStarts() => Interlocked.Increment(ref _cells);

    /// <summary>
    /// A cell has run: unless another follows at once, the session loads what it completes with. A first request would take
    /// seconds, and JupyterLab 4 waits for one second before it gives a completion up.
    /// </summary>
    internal void CellEnded()
    {
        if (!_prepared)
        {
            _ = PrepareAsync(_cells);
        }
    }

    /// <summary>What could stand at a place: the content of a <c>complete_reply</c>.</summary>
    internal async Task<JsonObject> CompleteAsync(Request request)
    {
        string code = request.Text("code");
        CompletionList found = await session.CompleteAsync(code, Place(request, code));
        return new JsonObject
        {
            ["matches"] = MessageContent.Texts(found.Matches),
            ["cursor_start"] = CodePoints.FromUtf16(code, found.Start),
            ["cursor_end"] = CodePoints.FromUtf16(code, found.End),
            ["metadata"] = new JsonObject(),
        };
    }

    /// <summary>What is known of the name at a place: the content of an <c>inspect_reply</c>.</summary>
    internal async Task<JsonObject> InspectAsync(Request request)
    {
        string code = request.Text("code");
        MimeBundle? known = await session.InspectAsync(code, Place(request, code));
        return new JsonObject
        {
            ["found"] = known is not null,
            ["data"] = known is null ? new JsonObject() : PublishedOutput.Data(known),
            ["metadata"] = new JsonObject(),
        };
    }

    /// <summary>Whether the code wants another line: the content of an <c>is_complete_reply</c>.</summary>
    internal JsonObject Completeness(Request request)
    {
        string code = request.Text("code");
        return session.Completeness(code) switch
        {
            CellCompleteness.Complete => new JsonObject { ["status"] = "complete" },
            CellCompleteness.Incomplete => new JsonObject { ["status"] = "incomplete", ["indent"] = OpenCode.Indent(code) },
            _ => new JsonObject { ["status"] = "invalid" },
        };
    }

    private async Task PrepareAsync(int cells)
    {
        const string member = "\"\".";
        await Task.Delay(Pause);
        if (_prepared || cells != Volatile.Read(ref _cells))
        {
            return;
        }

        _prepared = true;
        try
        {
            await session.CompleteAsync(member, member.Length);
        }
#pragma warning disable CA1031 // Nobody asked: who does ask hears what is wrong, and the kernel may be ending.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static int Place(Request request, string code) => CodePoints.ToUtf16(code, request.Whole("cursor_pos") ?? int.MaxValue);
}
