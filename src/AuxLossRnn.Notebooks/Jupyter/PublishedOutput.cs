using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>
/// Publishes what a cell shows. Text is gathered for a moment, because a message for each word would drown the client;
/// its order with what is displayed is kept.
/// </summary>
/// <param name="publish">Takes a message's type and content.</param>
/// <param name="number">The cell's execution count.</param>
internal sealed class PublishedOutput(Action<string, JsonObject> publish, int number) : ICellOutput, IDisposable
{
    private const int MostCharacters = 64 * 1024;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private bool _error;
    private Timer? _timer;

    /// <inheritdoc/>
    public void Write(bool error, string text)
    {
        lock (_gate)
        {
            if (error != _error)
            {
                Flush(last: true);
                _error = error;
            }

            for (int start = 0; start < text.Length;)
            {
                int count = Math.Min(text.Length - start, MostCharacters);
                _text.Append(text, start, count);
                start += count;
                if (_text.Length >= MostCharacters)
                {
                    Flush(last: false);
                }
            }

            if (_text.Length > 0 && _timer is null)
            {
                _timer = new Timer(_ => FlushLater(), null, Moment, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void Display(MimeBundle value, string? displayId) => Publish("display_data", WithId(Shown(value), displayId));

    /// <inheritdoc/>
    public void Update(MimeBundle value, string displayId) => Publish("update_display_data", WithId(Shown(value), displayId));

    /// <inheritdoc/>
    public void Result(MimeBundle value)
    {
        JsonObject content = Shown(value);
        content["execution_count"] = number;
        Publish("execute_result", content);
    }

    /// <summary>Publishes the text that is still held back. What a forgotten thread writes later is published as well.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Flush(last: true);
        }
    }

    /// <summary>The formats as Jupyter carries them: JSON as JSON, the rest as text.</summary>
    internal static JsonObject Data(MimeBundle value) =>
        new(value.Formats.Select(format => KeyValuePair.Create(format.Key, Node(format.Key, format.Value))));

    private static JsonNode? Node(string type, string text)
    {
        if (type != "application/json" && !type.EndsWith("+json", StringComparison.Ordinal))
        {
            return JsonValue.Create(text);
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static JsonObject Shown(MimeBundle value) => new() { ["data"] = Data(value), ["metadata"] = new JsonObject() };

    private static JsonObject WithId(JsonObject content, string? displayId)
    {
        content["transient"] = displayId is null ? new JsonObject() : new JsonObject { ["display_id"] = displayId };
        return content;
    }

    private void Publish(string type, JsonObject content)
    {
        lock (_gate)
        {
            Flush(last: true);
            publish(type, content);
        }
    }

    private void FlushLater()
    {
        lock (_gate)
        {
            Flush(last: false);
        }
    }

    // A pair of surrogates is not cut: its first half waits for the second unless nothing more comes.
    private void Flush(bool last)
    {
        _timer?.Dispose();
        _timer = null;
        int held = !last && _text.Length > 0 && char.IsHighSurrogate(_text[^1]) ? 1 : 0;
        int count = _text.Length - held;
        if (count > 0)
        {
            publish("stream", new JsonObject { ["name"] = _error ? "stderr" : "stdout", ["text"] = _text.ToString(0, count) });
            _text.Remove(0, count);
        }
    }
}
