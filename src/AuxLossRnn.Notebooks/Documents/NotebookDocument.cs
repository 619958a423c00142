using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>A notebook file of the format 4. What is not changed is written back as it was read.</summary>
public sealed class NotebookDocument
{
    // As many as Jupyter's own have.
    private const int IdBytes = 4;

    private readonly JsonObject _root;
    private readonly JsonArray _cells;

    private NotebookDocument(JsonObject root, JsonArray cells) => (_root, _cells) = (root, cells);

    /// <summary>The cells from the top.</summary>
    public IReadOnlyList<NotebookCell> Cells => [.. _cells.Select(cell => new NotebookCell((JsonObject)cell!))];

    /// <summary>Reads a notebook.</summary>
    /// <param name="path">The file: a notebook of the format 4, or a script of .NET Interactive, <c>.dib</c>.</param>
    /// <exception cref="UserException">No such file, or no such notebook.</exception>
    public static NotebookDocument Read(string path)
    {
        path = UserPath.Expand(path);
        if (!File.Exists(path))
        {
            throw new UserException($"There is no notebook {path}. Give the path of an .ipynb file, such as notebooks/00-quickstart.ipynb in the repository.");
        }

        try
        {
            string text = File.ReadAllText(path);
            return DibFile.Is(path) ? DibFile.Parse(text, path) : Parse(text, path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Reads a notebook's text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="UserException">It is no notebook of the format 4.</exception>
    public static NotebookDocument Parse(string json, string name)
    {
        try
        {
            JsonNode? root = NotebookJson.Parse(json);
            JsonArray cells = NotebookFormat.RequireCells(root, name);
            return new NotebookDocument((JsonObject)root!, cells);
        }
        catch (JsonException problem)
        {
            throw new UserException($"{name} is no notebook: {NotebookDamage.Of(json, problem)}", problem);
        }
    }

    /// <summary>The language of its cells, as the notebook says; null if it says nothing.</summary>
    public string? Language => NotebookFormat.Text(_root, "metadata", "kernelspec", "language") ?? NotebookFormat.Text(_root, "metadata", "language_info", "name");

    /// <summary>The language of the cells that name none, as notebooks of several languages say, or those of another language than C#; null if it says nothing.</summary>
    public string? CellLanguage => NotebookFormat.Text(_root, "metadata", "polyglot_notebook", "kernelInfo", "defaultKernelName")
        ?? NotebookFormat.Text(_root, "metadata", "dotnet_interactive", "defaultKernelName")
        ?? (OtherLanguage is { Length: > 0 } other ? other.ToLowerInvariant().Replace("f#", "fsharp", StringComparison.Ordinal) : null);

    /// <summary>The language of a cell as it is run; null for C# where nothing else is said.</summary>
    /// <param name="cell">The cell.</param>
    internal string? LanguageOf(NotebookCell cell) => (cell.Language ?? CellLanguage) is { Length: > 0 } own ? new NotebookKernels(Polyglot).Language(own) : null;

    /// <summary>The one language that the notebook says its cells are of, if it is not C#; null for C#, several languages, or nothing said.</summary>
    public string? OtherLanguage => Language is null or "csharp" or "polyglot-notebook" || Language.StartsWith("c#", StringComparison.OrdinalIgnoreCase) ? null : Language;

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

    /// <summary>Makes a notebook for cells of several languages, which the kit's kernel runs.</summary>
    /// <param name="polyglot">What it says of the languages.</param>
    internal static NotebookDocument Create(JsonObject polyglot)
    {
        NotebookDocument notebook = Create();
        var metadata = (JsonObject)notebook._root["metadata"]!;
        metadata.Insert(0, "kernelspec", new JsonObject { ["display_name"] = ".NET (C#)", ["language"] = "C#", ["name"] = ".net-csharp" });
        metadata["polyglot_notebook"] = polyglot;
        return notebook;
    }

    /// <summary>Puts a cell at the end, with a name that says which it is.</summary>
    /// <param name="type">code, markdown or raw.</param>
    /// <param name="source">Its text.</param>
    internal NotebookCell Append(string type, string source) =>
        Insert(_cells.Count, type, string.Create(CultureInfo.InvariantCulture, $"cell-{_cells.Count + 1}"), source);

    /// <summary>Puts a cell in.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="type">code, markdown or raw.</param>
    /// <param name="id">Its name, unique in the notebook.</param>
    /// <param name="source">Its text.</param>
    /// <param name="tags">Its tags.</param>
    public NotebookCell Insert(int index, string type, string id, string source, params IReadOnlyList<string> tags)
    {
        Upgrade();
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

        cell["id"] = id;
        cell["metadata"] = metadata;
        if (type == "code")
        {
            cell["outputs"] = new JsonArray();
        }

        cell["source"] = NotebookJson.Lines(source);
        _cells.Insert(index, cell);
        return new NotebookCell(cell);
    }

    /// <summary>Makes it a notebook of the format 4.5, which gives each cell a name. One that is stays as it is.</summary>
    public void Upgrade()
    {
        if (NotebookFormat.Minor(_root) < NotebookFormat.MinorWithIds)
        {
            _root["nbformat_minor"] = NotebookFormat.MinorWithIds;
        }

        HashSet<string> taken = [.. Cells.Select(cell => cell.Id).OfType<string>()];
        foreach ((NotebookCell cell, int index) in Cells.Select((cell, index) => (cell, index)).Where(item => item.cell.Id is null))
        {
            // Of its place and its text: the same notebook gets the same names wherever it is upgraded.
            for (int attempt = 0; cell.Id is null; attempt++)
            {
                byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{index} {attempt} {cell.Source}"));
                string id = Convert.ToHexStringLower(hash, 0, IdBytes);
                if (taken.Add(id))
                {
                    cell.Id = id;
                }
            }
        }
    }

    /// <summary>Takes a cell out.</summary>
    /// <param name="index">Its place, from 0.</param>
    public void RemoveAt(int index) => _cells.RemoveAt(index);

    /// <summary>The notebook's text, as Jupyter lays it out.</summary>
    public string ToJson() => NotebookJson.Write(_root);

    /// <summary>What the notebook says of the languages of its cells; null for nothing.</summary>
    internal JsonObject? Polyglot => (_root["metadata"] as JsonObject)?["polyglot_notebook"] as JsonObject;

    /// <summary>Writes the notebook in one go, by the file's name as a notebook or as a script, <c>.dib</c>: a reader never sees half of it. A link stays one: its target is written.</summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <exception cref="IOException">It cannot be written; what was there is there still.</exception>
    /// <exception cref="UserException">There is a folder or a device.</exception>
    public void Write(string path)
    {
        string file = NotebookFile.Require(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.WriteText(file, DibFile.Is(file) ? DibFile.Write(this) : ToJson());
    }
}
