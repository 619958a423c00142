using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>Writes JSON byte for byte as Jupyter does: one space a level, only what must be escaped escaped.</summary>
internal static class NotebookJson
{
    /// <summary>A text as the format stores it: an array of lines, each with its line end.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        string[] split = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < split.Length; i++)
        {
            string line = i < split.Length - 1 ? split[i] + "\n" : split[i];
            if (line.Length > 0)
            {
                lines.Add(JsonValue.Create(line));
            }
        }

        return lines;
    }

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
                text.Append(node?.ToJsonString() ?? "null");
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

    private static bool IsWhole(string text, int i) => char.IsHighSurrogate(text[i])
        ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])
        : !char.IsLowSurrogate(text[i]) || (i > 0 && char.IsHighSurrogate(text[i - 1]));
}
