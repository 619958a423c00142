using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Contents that several kinds of messages share.</summary>
internal static class MessageContent
{
    /// <summary>Whether the kernel is busy.</summary>
    internal static JsonObject State(string state) => new() { ["execution_state"] = state };

    /// <summary>What went wrong, for all clients.</summary>
    internal static JsonObject Error(CellError error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = Texts(error.Traceback),
    };

    /// <summary>A reply that says what went wrong.</summary>
    internal static JsonObject Failed(string name, string message, IReadOnlyList<string> traceback) => new()
    {
        ["status"] = "error",
        ["ename"] = name,
        ["evalue"] = message,
        ["traceback"] = Texts(traceback),
    };

    /// <summary>Texts as an array.</summary>
    internal static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)JsonValue.Create(text))];
}
