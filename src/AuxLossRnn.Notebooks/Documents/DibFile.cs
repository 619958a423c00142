using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>
/// A notebook as the plain text of .NET Interactive, <c>.dib</c>: each cell after a line with its language, <c>#!csharp</c>. It
/// has no outputs, no names of cells and no tags.
/// </summary>
public static partial class DibFile
{
    /// <summary>How its files end.</summary>
    public const string Extension = ".dib";

    private const string Meta = "#!meta";
    private const string Markdown = CellLanguages.Markdown;

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
        text = text.ReplaceLineEndings("\n");
        if (About().Match(text) is { Success: true } said)
        {
            about = Object(said.Groups["json"].Value, name);
            text = text[said.Length..];
        }

        NotebookDocument notebook = NotebookDocument.Create(about);
        var kernels = new NotebookKernels(about);
        foreach ((string own, string source) in Cells(text, kernels.Default ?? CellLanguages.CSharp, kernels))
        {
            NotebookCell cell = notebook.Append(own == Markdown ? Markdown : "code", source);
            if (own != Markdown)
            {
                cell.Language = own;
            }
        }

        return notebook;
    }

    /// <summary>A notebook's cells as such a text.</summary>
    /// <param name="notebook">The notebook.</param>
    public static string Write(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var text = new StringBuilder();
        NotebookCell[] cells = [.. notebook.Cells.Where(cell => cell.IsCode || cell.IsMarkdown)];
        JsonObject? about = Naming(notebook.Polyglot, cells.Select(cell => Language(notebook, cell)).Distinct());
        if (about is not null)
        {
            text.Append($"{Meta}\n\n{about.ToJsonString(OneLine)}\n");
        }

        foreach (NotebookCell cell in cells)
        {
            text.Append($"{(text.Length > 0 ? "\n" : "")}#!{Language(notebook, cell)}\n\n{cell.Source.Trim('\n')}\n");
        }

        return text.ToString();
    }

    /// <summary>What of a notebook such a text does not hold; empty for a notebook that it holds.</summary>
    /// <param name="notebook">The notebook.</param>
    public static IReadOnlyList<string> Lost(NotebookDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var kernels = new NotebookKernels(notebook.Polyglot);
        return [.. new (string What, Func<NotebookCell, bool> Has)[]
        {
            ("outputs", cell => cell.IsCode && cell.Outputs.Count > 0),
            ("tags", cell => cell.Tags.Count > 0),
            ("attachments", cell => cell.Attachments is { Count: > 0 }),
            ("raw cells", cell => !cell.IsCode && !cell.IsMarkdown),
            ("cells with parts in several languages, which become several cells", cell => Parts(cell).Take(2).Count() > 1),
            ("cells with such a line as #!csharp within a text, where .NET Interactive, not the kit, begins another", cell => Parts(cell).Any(
                one => one.Source.Split('\n').Any(line => Begun(line, kernels) is not null))),
        }.Where(one => notebook.Cells.Any(one.Has)).Select(one => one.What)];

        IEnumerable<(string Language, string Source)> Parts(NotebookCell cell) => Cells(cell.Source, Language(notebook, cell), kernels);
    }

    private static string Language(NotebookDocument notebook, NotebookCell cell) =>
        cell.IsMarkdown ? Markdown : (cell.Language ?? notebook.CellLanguage) is { Length: > 0 } own ? own : CellLanguages.CSharp;

    // A kernel that nobody knows begins a cell only where the script names it.
    private static JsonObject? Naming(JsonObject? about, IEnumerable<string> languages)
    {
        var kernels = new NotebookKernels(about);
        string[] unnamed = [.. languages.Where(language => Begun($"#!{language}", kernels) is null)];
        if (unnamed.Length == 0)
        {
            return about;
        }

        var all = (JsonObject?)about?.DeepClone() ?? [];
        if (all["kernelInfo"] is not JsonObject info)
        {
            all["kernelInfo"] = info = new JsonObject { ["defaultKernelName"] = CellLanguages.CSharp };
        }

        if (info["items"] is not JsonArray items)
        {
            info["items"] = items = [];
        }

        foreach (string language in unnamed)
        {
            items.Add(new JsonObject { ["aliases"] = new JsonArray(), ["name"] = language });
        }

        return all;
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

    private static IEnumerable<(string Language, string Source)> Cells(string text, string language, NotebookKernels kernels)
    {
        int start = 0;
        int at = 0;
        foreach (string line in text.Split('\n'))
        {
            int end = Math.Min(at + line.Length + 1, text.Length);
            if (Begun(line, kernels) is string next && !TextLine.Is(kernels.Language(language), text[start..at], line, text[end..]))
            {
                if (Source(at) is { Length: > 0 } source)
                {
                    yield return (language, source);
                }

                (language, start) = (next, end);
            }

            at = end;
        }

        if (Source(text.Length) is { Length: > 0 } last)
        {
            yield return (language, last);
        }

        // The format has empty lines around a cell, which are none of it.
        string Source(int end) => text[start..end].Trim('\n');
    }

    // A line with a language and nothing else begins a cell, also one of a language that is not run here.
    private static string? Begun(string line, NotebookKernels kernels)
    {
        string name = line.StartsWith("#!", StringComparison.Ordinal) ? line[2..].TrimEnd() : "";
        return name.Length == 0 ? null : kernels.Name(name) ?? CellLanguages.Find(name) ?? (CellLanguages.Unavailable(name) is null ? null : name);
    }

    // At the beginning, up to the first line of a cell.
    [GeneratedRegex(@"\A\s*#!meta[^\S\n]*\n(?<json>.*?)(?=^#!|\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex About();
}
