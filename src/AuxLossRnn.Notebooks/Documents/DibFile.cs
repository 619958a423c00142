using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>
/// A notebook as the plain text of .NET Interactive, <c>.dib</c>: each cell after a line with its language, <c>#!csharp</c>. It
/// has no outputs, no names of cells and no tags.
/// </summary>
public static class DibFile
{
    /// <summary>How its files end.</summary>
    public const string Extension = ".dib";

    private const string Meta = "#!meta";
    private const string Markdown = "markdown";

    // As other programs write it.
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a file is one, by its name.</summary>
    /// <param name="path">The file.</param>
    public static bool Is(string path) => Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file's text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="UserException">What it says of itself is no JSON.</exception>
    public static NotebookDocument Parse(string text, string name)
    {
        var about = new JsonObject { ["kernelInfo"] = new JsonObject { ["defaultKernelName"] = CellLanguages.CSharp } };
        var cells = new List<(string Language, string Source)>();
        string language = CellLanguages.CSharp;
        var lines = new List<string>();
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (Begun(line) is not string next)
            {
                lines.Add(line);
                continue;
            }

            Add();
            (language, lines) = (next, []);
        }

        Add();
        NotebookDocument notebook = NotebookDocument.Create(about);
        foreach ((string own, string source) in cells)
        {
            NotebookCell cell = notebook.Append(own == Markdown ? Markdown : "code", source);
            if (own != Markdown)
            {
                cell.Language = own;
            }
        }

        return notebook;

        void Add()
        {
            // The format has empty lines around a cell, which are none of it.
            string source = string.Join('\n', lines.SkipWhile(line => line.Length == 0)).TrimEnd('\n');
            if (source.Length > 0 && language == Meta)
            {
                about = Object(source, name);
            }
            else if (source.Length > 0)
            {
                cells.Add((language, source));
            }
        }
    }

    /// <summary>A notebook's cells as such a text.</summary>
    /// <param name="notebook">The notebook.</param>
    public static string Write(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var text = new StringBuilder();
        if (notebook.Polyglot is JsonObject about)
        {
            text.Append($"{Meta}\n\n{about.ToJsonString(OneLine)}\n");
        }

        foreach (NotebookCell cell in notebook.Cells.Where(cell => cell.IsCode || cell.IsMarkdown))
        {
            string language = cell.IsMarkdown ? Markdown : cell.Language ?? notebook.CellLanguage ?? CellLanguages.CSharp;
            text.Append($"{(text.Length > 0 ? "\n" : "")}#!{language}\n\n{cell.Source.Trim('\n')}\n");
        }

        return text.ToString();
    }

    /// <summary>What of a notebook such a text does not hold; empty for a notebook that it holds.</summary>
    /// <param name="notebook">The notebook.</param>
    public static IReadOnlyList<string> Lost(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        return [.. new (string What, Func<NotebookCell, bool> Has)[]
        {
            ("outputs", cell => cell.IsCode && cell.Outputs.Count > 0),
            ("tags", cell => cell.Tags.Count > 0),
            ("attachments", cell => cell.Attachments is { Count: > 0 }),
            ("raw cells", cell => !cell.IsCode && !cell.IsMarkdown),
            ("cells with parts in several languages, which become several cells", cell => cell.Source.Split('\n').Any(line => Begun(line) is not null)),
        }.Where(one => notebook.Cells.Any(one.Has)).Select(one => one.What)];
    }

    private static JsonObject Object(string json, string name)
    {
        try
        {
            return NotebookJson.Parse(json) as JsonObject ?? throw new JsonException("It is no object.");
        }
        catch (JsonException problem)
        {
            throw new UserException($"{name}: after {Meta} stands what the notebook says of itself, a JSON object, and this is none: {problem.Message}", problem);
        }
    }

    // A line with a language and nothing else begins a cell, also one of a language that is not run here.
    private static string? Begun(string line)
    {
        string name = line.StartsWith("#!", StringComparison.Ordinal) ? line[2..].TrimEnd() : "";
        return line.TrimEnd() == Meta ? Meta
            : name.Length > 0 && (CellLanguages.Find(name) ?? (CellLanguages.Unavailable(name) is null ? null : name)) is string language ? language
            : null;
    }
}
