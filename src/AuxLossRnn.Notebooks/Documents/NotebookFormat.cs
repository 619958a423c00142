using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>What a notebook must be for the rest of the kit to read it without looking twice.</summary>
internal static class NotebookFormat
{
    /// <summary>From this one on, the format 4 gives each cell a name.</summary>
    public const int MinorWithIds = 5;

    /// <summary>The cells of a notebook of the format 4.</summary>
    /// <param name="root">What stands in the file.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="UserException">It is no such notebook; says which cell is wrong.</exception>
    public static JsonArray RequireCells(JsonNode? root, string name)
    {
        if (root is not JsonObject notebook || Whole(notebook["nbformat"]) != 4)
        {
            throw new UserException($"{name} is no notebook of the format 4: open it in Jupyter and save it again.");
        }

        string? wrong = notebook["cells"] is not JsonArray ? "\"cells\" is to be a list"
            : notebook["nbformat_minor"] is not null && Whole(notebook["nbformat_minor"]) is null ? "\"nbformat_minor\" is to be a whole number"
            : notebook["metadata"] is not (null or JsonObject) ? "\"metadata\" is to be an object"
            : null;
        if (wrong is not null)
        {
            throw new UserException($"{name} is no notebook: {wrong}. Mend it, or write it anew with Jupyter.");
        }

        var cells = (JsonArray)notebook["cells"]!;
        for (int i = 0; i < cells.Count; i++)
        {
            if (Problem(cells[i]) is string problem)
            {
                throw new UserException($"{name} is no notebook: {problem} in its cell {i + 1}, counted from the top. Mend that cell, or take it out.");
            }
        }

        return cells;
    }

    /// <summary>The second number of a notebook's format.</summary>
    /// <param name="root">The notebook.</param>
    public static int Minor(JsonObject root) => Whole(root["nbformat_minor"]) ?? 0;

    /// <summary>A text in objects in each other; null if it is not there, or no text.</summary>
    /// <param name="node">The outermost object.</param>
    /// <param name="names">The names on the way.</param>
    public static string? Text(JsonNode? node, params IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            node = (node as JsonObject)?[name];
        }

        return IsText(node) ? node!.GetValue<string>() : null;
    }

    private static string? Problem(JsonNode? node)
    {
        if (node is not JsonObject cell)
        {
            return "there is no object";
        }

        return !IsText(cell["cell_type"]) ? "\"cell_type\" is to be code, markdown or raw"
            : !IsLines(cell["source"]) ? "\"source\" is to be a text or a list of texts"
            : cell["id"] is not null && !IsText(cell["id"]) ? "\"id\" is to be a text"
            : cell["metadata"] is not (null or JsonObject) ? "\"metadata\" is to be an object"
            : cell["metadata"]?["tags"] is { } tags && (tags is not JsonArray all || !all.All(IsText)) ? "\"tags\" is to be a list of texts"
            : cell["outputs"] is { } outputs && (outputs is not JsonArray shown || !shown.All(IsOutput)) ? "\"outputs\" is to be a list of outputs"
            : cell["execution_count"] is not null && Whole(cell["execution_count"]) is null ? "\"execution_count\" is to be a whole number or null"
            : null;
    }

    // What a publisher reads of it.
    private static bool IsOutput(JsonNode? node) => node is JsonObject output
        && IsText(output["output_type"])
        && (output["text"] is null || IsLines(output["text"]))
        && output["data"] is null or JsonObject;

    private static bool IsLines(JsonNode? node) => IsText(node) || (node is JsonArray lines && lines.All(IsText));

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;

    private static int? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int whole) ? whole : null;
}
