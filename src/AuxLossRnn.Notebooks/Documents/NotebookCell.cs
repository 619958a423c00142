using System.Globalization;
using System.Text.Json.Nodes;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>A cell of a notebook file.</summary>
public sealed class NotebookCell
{
    private readonly JsonObject _cell;

    internal NotebookCell(JsonObject cell) => _cell = cell;

    /// <summary>Its name; null in files older than the format 4.5.</summary>
    public string? Id
    {
        get => _cell["id"]?.GetValue<string>();
        internal set => Set("id", value);
    }

    /// <summary>Whether it is run.</summary>
    public bool IsCode => _cell["cell_type"]!.GetValue<string>() == "code";

    /// <summary>Whether it is code that is to be run: not tagged skip-execution.</summary>
    public bool IsRun => IsCode && !Tags.Contains("skip-execution");

    /// <summary>Whether it is Markdown.</summary>
    public bool IsMarkdown => _cell["cell_type"]!.GetValue<string>() == "markdown";

    /// <summary>Pictures kept in the cell: by name, in base64 by MIME type. Null for none.</summary>
    public JsonObject? Attachments => _cell["attachments"] as JsonObject;

    /// <summary>Its language, as notebooks of several languages say; null if the cell says nothing.</summary>
    public string? Language
    {
        get => NotebookFormat.Text(_cell, "metadata", "polyglot_notebook", "kernelName") ?? NotebookFormat.Text(_cell, "metadata", "dotnet_interactive", "language");
        internal set => ((JsonObject)_cell["metadata"]!)["polyglot_notebook"] = new JsonObject { ["kernelName"] = value };
    }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags => _cell["metadata"]?["tags"] is JsonArray tags ? [.. tags.Select(tag => tag!.GetValue<string>())] : [];

    /// <summary>Its text, with <c>\n</c> between lines.</summary>
    public string Source
    {
        get => NotebookJson.Text(_cell["source"]!);
        set => _cell["source"] = NotebookJson.Lines(value);
    }

    /// <summary>What it showed when it last ran, as the format has it.</summary>
    public JsonArray Outputs => (JsonArray)(_cell["outputs"] ?? Set("outputs", new JsonArray()))!;

    /// <summary>Which of the executions its last one was; null if it was not run.</summary>
    public int? ExecutionCount
    {
        get => _cell["execution_count"]?.GetValue<int>();
        set => Set("execution_count", value);
    }

    /// <summary>When its last execution began and ended, as Jupyter keeps it; null if it was not kept.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Executed
    {
        get => Time(Begun) is DateTimeOffset start && Time(Ended) is DateTimeOffset end && end >= start ? (start, end) : null;
        set
        {
            if (_cell["metadata"] is not JsonObject metadata)
            {
                _cell["metadata"] = metadata = [];
            }

            metadata.Remove("execution");
            if (value is var (start, end))
            {
                metadata.Insert(0, "execution", new JsonObject
                {
                    [Begun] = Text(start),
                    [Ended] = Text(end),
                });
            }
        }
    }

    private JsonNode? Set(string name, JsonNode? value)
    {
        if (!_cell.ContainsKey(name))
        {
            // In the order of the alphabet, as Jupyter writes them.
            _cell.Insert(_cell.TakeWhile(item => string.CompareOrdinal(item.Key, name) < 0).Count(), name, null);
        }

        return _cell[name] = value;
    }

    private const string Begun = "iopub.execute_input";
    private const string Ended = "shell.execute_reply";

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private DateTimeOffset? Time(string name) => NotebookFormat.Text(_cell, "metadata", "execution", name) is string text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
