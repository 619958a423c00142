using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>Collects what a cell shows as the outputs of notebook files.</summary>
public sealed class OutputCollector : ICellOutput
{
    private readonly NotebookOutputs _run;
    private readonly JsonArray _outputs;
    private readonly int _executionCount;

    internal OutputCollector(NotebookOutputs run, JsonArray outputs, int executionCount) => (_run, _outputs, _executionCount) = (run, outputs, executionCount);

    /// <inheritdoc/>
    public void Write(bool error, string text) => _run.Change(() => Append(error, text));

    /// <inheritdoc/>
    public void Display(MimeBundle value, string? displayId)
    {
        ArgumentNullException.ThrowIfNull(value);
        var shown = new JsonObject
        {
            ["data"] = Data(value),
            ["metadata"] = new JsonObject(),
            ["output_type"] = "display_data",
        };
        _run.Change(() =>
        {
            _outputs.Add(shown);
            _run.Remember(shown, displayId);
        });
    }

    /// <inheritdoc/>
    public void Update(MimeBundle value, string displayId)
    {
        ArgumentNullException.ThrowIfNull(value);
        _run.Change(() =>
        {
            foreach (JsonObject shown in _run.Displayed(displayId))
            {
                shown["data"] = Data(value);
            }
        });
    }

    /// <inheritdoc/>
    public void Result(MimeBundle value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Add(new JsonObject
        {
            ["data"] = Data(value),
            ["execution_count"] = _executionCount,
            ["metadata"] = new JsonObject(),
            ["output_type"] = "execute_result",
        });
    }

    /// <summary>Adds what went wrong.</summary>
    /// <param name="error">The error.</param>
    public void Fail(CellError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Add(new JsonObject
        {
            ["ename"] = error.Name,
            ["evalue"] = error.Message,
            ["output_type"] = "error",
            ["traceback"] = new JsonArray([.. error.Traceback.Select(line => JsonValue.Create(line))]),
        });
    }

    private void Add(JsonObject output) => _run.Change(() => _outputs.Add(output));

    private void Append(bool error, string text)
    {
        string name = error ? "stderr" : "stdout";
        // One output for all that is written in a row.
        if (_outputs.Count > 0 && _outputs[^1] is JsonObject last && last["name"]?.GetValue<string>() == name)
        {
            var lines = (JsonArray)last["text"]!;
            string open = lines.Count > 0 ? lines[^1]!.GetValue<string>() : "";
            if (open.Length > 0 && !open.EndsWith('\n'))
            {
                lines.RemoveAt(lines.Count - 1);
                text = open + text;
            }

            foreach (JsonNode? line in NotebookJson.Lines(text).ToArray())
            {
                lines.Add(line!.DeepClone());
            }

            return;
        }

        _outputs.Add(new JsonObject
        {
            ["name"] = name,
            ["output_type"] = "stream",
            ["text"] = NotebookJson.Lines(text),
        });
    }

    private static JsonObject Data(MimeBundle value)
    {
        var data = new JsonObject();
        foreach ((string mime, string text) in value.Formats.OrderBy(format => format.Key, StringComparer.Ordinal))
        {
            data[mime] = Value(mime, text);
        }

        return data;
    }

    // What calls itself JSON and is none is kept as the text that it is.
    private static JsonNode? Value(string mime, string text)
    {
        if (mime != "application/json" && !mime.EndsWith("+json", StringComparison.Ordinal))
        {
            return NotebookJson.Lines(text);
        }

        try
        {
            return NotebookJson.Parse(text);
        }
        catch (JsonException)
        {
            return NotebookJson.Lines(text);
        }
    }
}
