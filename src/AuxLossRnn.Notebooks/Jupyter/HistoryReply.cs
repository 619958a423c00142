using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>The cells of the history that a client asks for.</summary>
internal static class HistoryReply
{
    /// <summary>The content of a <c>history_reply</c>.</summary>
    /// <param name="history">The history.</param>
    /// <param name="request">What is asked for.</param>
    /// <exception cref="InvalidDataException">The history cannot be read in the way that is asked for.</exception>
    internal static JsonObject Content(CellHistory history, Request request)
    {
        IReadOnlyList<HistoryCell> cells = request.Text("hist_access_type") switch
        {
            "tail" => history.Tail(request.Whole("n") ?? int.MaxValue),
            "range" => history.Range(request.Whole("session") ?? 0, request.Whole("start") ?? 0, request.Whole("stop")),
            "search" => history.Search(request.Text("pattern", "*"), request.Whole("n"), request.Flag("unique", missing: false)),
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
}
