using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>Reads JSON as Jupyter does, and writes it byte for byte as Jupyter does: one space a level, only what must be escaped escaped.</summary>
internal static partial class NotebookJson
{
    // Python reads about as many, and stops there with an error of its own.
    private const int Deepest = 1000;

    // Numbers that JSON has no spelling for, and Python writes all the same. Here they stand as numbers that nobody writes.
    private static readonly (string Python, string Stored)[] NoNumbers = [("-Infinity", "-1E+777777777"), ("Infinity", "1E+777777777"), ("NaN", "0E+777777777")];

    /// <summary>Reads JSON with what Python, and so Jupyter, reads besides: <c>NaN</c>, <c>Infinity</c>, and deep nesting.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonNode? Parse(string json)
    {
        string strict = NoNumber().Replace(json, match => match.ValueSpan[0] == '"' ? match.Value : NoNumbers.First(one => one.Python == match.Value).Stored);
        return JsonNode.Parse(strict, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Deepest });
    }

    /// <summary>
    /// A text as the format stores it: an array of lines, each with its line end, which together are the text. Jupyter ends a
    /// line at whatever Python calls a line's end.
    /// </summary>
    public static JsonArray Lines(string text) => new([.. Line().Matches(text).Select(line => JsonValue.Create(line.Value))]);

    /// <summary>A text that is stored as lines, or whole.</summary>
    public static string Text(JsonNode node) =>
        node is JsonArray lines ? string.Concat(lines.Select(line => Unescaped(line!))) : Unescaped(node);

    public static string Write(JsonNode node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        return text.Append('\n').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } fields:
                string separator = "{\n";
                foreach ((string name, JsonNode? value) in fields)
                {
                    text.Append(separator).Append(' ', depth + 1);
                    WriteText(text, name);
                    text.Append(": ");
                    Write(text, value, depth + 1);
                    separator = ",\n";
                }

                text.Append('\n').Append(' ', depth).Append('}');
                break;
            case JsonArray { Count: > 0 } items:
                string comma = "[\n";
                foreach (JsonNode? item in items)
                {
                    text.Append(comma).Append(' ', depth + 1);
                    Write(text, item, depth + 1);
                    comma = ",\n";
                }

                text.Append('\n').Append(' ', depth).Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteText(text, Unescaped(value));
                break;
            default:
                // Numbers that were read keep their digits.
                string plain = node?.ToJsonString() ?? "null";
                text.Append(NoNumbers.FirstOrDefault(one => one.Stored == plain).Python ?? plain);
                break;
        }
    }

    private static string Unescaped(JsonNode text)
    {
        try
        {
            return text.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            // Half a character that was written as an escape, which the framework does not read. The escapes are a pattern's too.
            return Regex.Unescape(text.GetValue<JsonElement>().GetRawText()[1..^1]);
        }
    }

    private static void WriteText(StringBuilder text, string value)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ when IsWhole(value, i) => text.Append(c),
                // Half a character cannot be written in UTF-8.
                _ => text.Append('\ufffd'),
            };
        }

        text.Append('"');
    }

    // A text is one match, so that words in it are none.
    [GeneratedRegex(@"""(?>[^""\\]*(?:\\[\s\S][^""\\]*)*)""|\bNaN\b|-?\bInfinity\b")]
    private static partial Regex NoNumber();

    [GeneratedRegex(@"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")]
    private static partial Regex Line();

    private static bool IsWhole(string text, int i) => char.IsHighSurrogate(text[i])
        ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
        : !char.IsLowSurrogate(text[i]) || (i > 0 && char.IsHighSurrogate(text[i - 1]));
}
