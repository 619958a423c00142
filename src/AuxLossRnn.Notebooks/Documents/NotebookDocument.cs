using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>A notebook file of the format 4. What is not changed is written back as it was read.</summary>
public sealed class NotebookDocument
{
    private readonly JsonObject _root;
    private readonly JsonArray _cells;

    private NotebookDocument(JsonObject root, JsonArray cells) => (_root, _cells) = (root, cells);

    /// <summary>The cells from the top.</summary>
    public IReadOnlyList<NotebookCell> Cells => [.. _cells.Select(cell => new NotebookCell((JsonObject)cell!))];

    /// <summary>Reads a notebook.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserException">No such file, or no notebook of the format 4.</exception>
    public static NotebookDocument Read(string path) => File.Exists(path)
        ? Parse(File.ReadAllText(path), path)
        : throw new UserException($"There is no notebook {path}.");

    /// <summary>Reads a notebook's text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="UserException">It is no notebook of the format 4.</exception>
    public static NotebookDocument Parse(string json, string name)
    {
        try
        {
            if (JsonNode.Parse(json) is JsonObject root && root["cells"] is JsonArray cells && cells.All(IsCell)
                && root["nbformat"] is JsonValue format && format.TryGetValue(out int major) && major == 4)
            {
                return new NotebookDocument(root, cells);
            }
        }
        catch (JsonException problem)
        {
            throw new UserException($"{name} is no notebook: {problem.Message}", problem);
        }

        throw new UserException($"{name} is no notebook of the format 4: open it in Jupyter and save it again.");
    }

    /// <summary>The language of its cells, as the notebook says; null if it says nothing.</summary>
    public string? Language => (string?)(_root["metadata"]?["kernelspec"]?["language"] ?? _root["metadata"]?["language_info"]?["name"]);

    /// <summary>Makes a notebook of the format 4.5 with C# cells.</summary>
    public static NotebookDocument Create()
    {
        var cells = new JsonArray();
        var root = new JsonObject
        {
            ["cells"] = cells,
            ["metadata"] = new JsonObject
            {
                ["language_info"] = new JsonObject { ["name"] = "csharp" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        return new NotebookDocument(root, cells);
    }

    /// <summary>Puts a cell in.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="type">code, markdown or raw.</param>
    /// <param name="id">Its name, unique in the notebook.</param>
    /// <param name="source">Its text.</param>
    /// <param name="tags">Its tags.</param>
    public NotebookCell Insert(int index, string type, string id, string source, params IReadOnlyList<string> tags)
    {
        var metadata = new JsonObject();
        if (tags.Count > 0)
        {
            metadata["tags"] = new JsonArray([.. tags.Select(tag => JsonValue.Create(tag))]);
        }

        // In the order of the alphabet, as Jupyter writes them.
        var cell = new JsonObject { ["cell_type"] = type };
        if (type == "code")
        {
            cell["execution_count"] = null;
        }

        // Names of cells came with 4.5.
        if (_root["nbformat_minor"]?.GetValue<int>() >= 5)
        {
            cell["id"] = id;
        }

        cell["metadata"] = metadata;
        if (type == "code")
        {
            cell["outputs"] = new JsonArray();
        }

        cell["source"] = NotebookJson.Lines(source);
        _cells.Insert(index, cell);
        return new NotebookCell(cell);
    }

    /// <summary>Takes a cell out.</summary>
    /// <param name="index">Its place, from 0.</param>
    public void RemoveAt(int index) => _cells.RemoveAt(index);

    /// <summary>The notebook's text, as Jupyter lays it out.</summary>
    public string ToJson() => NotebookJson.Write(_root);

    /// <summary>Writes the notebook in one go: a reader never sees half of it. A link stays one: its target is written.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <exception cref="IOException">It cannot be written; what was there is there still.</exception>
    /// <exception cref="UserException">There is a folder or a device.</exception>
    public void Write(string path)
    {
        string file = NotebookFile.Require(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.WriteText(file, ToJson());
    }

    private static bool IsCell(JsonNode? cell) =>
        cell is JsonObject fields && fields["cell_type"] is JsonValue type && type.TryGetValue(out string? _) && fields["source"] is not null;
}
