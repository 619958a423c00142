using System.Text;

namespace AuxLossRnn.Data;

/// <summary>
/// An ARFF file as the UCR and UEA archives have them: a row a sequence, its steps as numeric attributes; several channels stand in one relational
/// attribute, a channel after each <c>\n</c>. Its class is a nominal attribute.
/// </summary>
internal sealed class ArffFile
{
    private readonly TextLines _lines;
    private readonly List<ArffAttribute> _attributes = [];
    private readonly StringBuilder _cell = new();
    private int _class = -1;

    private ArffFile(TextLines lines) => _lines = lines;

    /// <summary>Whether the sequences have classes.</summary>
    public bool IsLabelled => _class >= 0;

    /// <summary>Reads a file.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="label">The attribute with the classes; null for the last nominal one.</param>
    /// <param name="endsWhereMissing">Whether steps at the end of which all channels are missing are none.</param>
    /// <param name="cases">Where its sequences go.</param>
    /// <exception cref="Runtime.UserException">It is damaged; the message has line and column.</exception>
    public static ArffFile Read(TextLines lines, string? label, bool endsWhereMissing, ArchiveCases cases)
    {
        var file = new ArffFile(lines);
        file.ReadHeader();
        file.Choose(label);
        while (lines.Next())
        {
            if (lines.Text.AsSpan().TrimStart() is not ("" or ['%', ..]))
            {
                file.ReadRow(endsWhereMissing, cases);
            }
        }

        return cases.Lengths.Count > 0 ? file : throw lines.Damaged(1, "a row for each sequence below @data", "the end of the file", "Put the whole file there.");
    }

    private void ReadHeader()
    {
        while (_lines.Next())
        {
            string line = _lines.Text.Trim();
            if (line is "" or ['%', ..] || Is(line, "@relation"))
            {
                continue;
            }

            if (Is(line, "@data"))
            {
                return;
            }

            _attributes.Add(Is(line, "@attribute")
                ? ReadAttribute(line["@attribute".Length..].TrimStart())
                : throw _lines.Damaged(1, "@attribute, or @data before the first row", TextLines.Shown(line), "Put the missing line there."));
        }

        throw _lines.Damaged(1, "@data", "the end of the file", "Put the whole file there.");
    }

    private ArffAttribute ReadAttribute(string text)
    {
        int end = text is ['\'' or '"', ..] ? text.IndexOf(text[0], 1) + 1 : text.AsSpan().IndexOfAny(" \t{");
        string name = end > 0 ? text[..end].Trim('\'', '"') : "";
        string type = end > 0 ? text[end..].Trim() : "";
        int line = _lines.Line;
        if (type.StartsWith('{'))
        {
            return type.EndsWith('}')
                ? new ArffAttribute(name, line, [.. Cells(type[1..^1], "the classes").Select(cell => cell.Text)])
                : throw _lines.Damaged(_lines.Text.Length + 1, "'}' after the classes", "the end of the line");
        }

        switch (type.ToUpperInvariant())
        {
            case "NUMERIC" or "REAL" or "INTEGER":
                return new ArffAttribute(name, line, null);
            case "RELATIONAL":
                int steps = ReadRelation(name);
                return new ArffAttribute(name, line, null, steps);
            default:
                throw _lines.Damaged(
                    1, "an attribute that is numeric, relational or has classes in braces", TextLines.Shown(text), "Take the attribute out, here and in every row.");
        }
    }

    private int ReadRelation(string name)
    {
        for (int steps = 0; _lines.Next();)
        {
            string line = _lines.Text.Trim();
            if (Is(line, "@end"))
            {
                return steps;
            }

            if (line is not ("" or ['%', ..]))
            {
                steps += Is(line, "@attribute") ? 1 : throw _lines.Damaged(1, $"@attribute, or @end {name}", TextLines.Shown(line), "Put the missing line there.");
            }
        }

        throw _lines.Damaged(1, $"@end {name}", "the end of the file", "Put the whole file there.");
    }

    private void Choose(string? label)
    {
        _class = label is null ? _attributes.FindLastIndex(one => one.Classes is not null) : _attributes.FindIndex(one => one.Name == label);
        if (label is not null && _class < 0)
        {
            throw _lines.Damaged(1, $"an attribute '{label}' above @data", "none of that name", "Give the label's true name.");
        }

        ArffAttribute? other = _attributes.Where((one, at) => at != _class && (one.Classes is not null || (one.Steps is not null && _attributes.Count > (IsLabelled ? 2 : 1)))).FirstOrDefault();
        if (other is not null || _attributes.Count - (IsLabelled ? 1 : 0) < 1)
        {
            throw _lines.Damaged(
                1, "numeric attributes, or one relational attribute, beside the class", other is null ? "none" : $"'{other.Name}'", "Take out what is neither a value nor the class.",
                other?.Line ?? 0);
        }
    }

    private void ReadRow(bool endsWhereMissing, ArchiveCases cases)
    {
        string line = _lines.Text;
        if (line.AsSpan().TrimStart() is ['{', ..])
        {
            throw _lines.Damaged(1, "all values of a row", "a sparse row in braces", "Write all values, the zeros too.");
        }

        List<(string Text, int At)> cells = Cells(line, "the row");
        if (cells.Count != _attributes.Count)
        {
            throw _lines.Damaged(line.Length + 1, $"{_attributes.Count} values, one for each attribute", $"{cells.Count}");
        }

        int relation = _attributes.FindIndex(one => one.Steps is not null);
        if (relation >= 0)
        {
            ReadChannels(cells[relation], _attributes[relation], cases);
        }
        else
        {
            cases.Begin(1);
            cases.Channels[0].AddRange(cells.Where((_, at) => at != _class).Select(cell => Value(cell.Text, cell.At)));
        }

        int steps = cases.Channels[0].Count;
        while (endsWhereMissing && steps > 1 && cases.Channels.All(channel => double.IsNaN(channel[steps - 1])))
        {
            steps--;
        }

        cases.End(steps, IsLabelled ? Label(cells[_class]) : null);
    }

    private string Label((string Text, int At) cell) => _attributes[_class].Classes?.Contains(cell.Text) ?? cell.Text.Length > 0
        ? cell.Text
        : throw _lines.Damaged(
            cell.At + 1, $"a class that line {_attributes[_class].Line} declares: {string.Join(", ", _attributes[_class].Classes ?? [])}", TextLines.Shown(cell.Text),
            "Mend the row, or declare the class.");

    // An escape of two characters is one by now: columns within the quotes count from where the channel begins.
    private void ReadChannels((string Text, int At) cell, ArffAttribute relation, ArchiveCases cases)
    {
        string[] channels = cell.Text.Split('\n');
        if (cases.Lengths.Count > 0 && channels.Length != cases.Channels.Length)
        {
            throw _lines.Damaged(cell.At + 1, $"{cases.Channels.Length} channels separated by \\n, as in the first row", $"{channels.Length}");
        }

        cases.Begin(channels.Length);
        int at = cell.At + 1;
        for (int f = 0; f < channels.Length; f++)
        {
            List<(string Text, int At)> values = Cells(channels[f], $"channel {f}", at);
            cases.Channels[f].AddRange(values.Select(value => Value(value.Text, value.At)));
            at += channels[f].Length + 2;
            if (values.Count != relation.Steps)
            {
                throw _lines.Damaged(at - 1, $"{relation.Steps} values of channel {f}, one for each attribute of '{relation.Name}'", $"{values.Count}");
            }
        }
    }

    private double Value(string text, int at) => ArchiveCases.TryValue(text, out double value)
        ? value
        : throw _lines.Damaged(at + 1, "a finite number, or ? for a missing one", TextLines.Shown(text));

    /// <summary>What commas separate, without quotes and escapes, each with its place in the line.</summary>
    private List<(string Text, int At)> Cells(string line, string what, int offset = 0)
    {
        var cells = new List<(string, int)>();
        for (int at = 0; at <= line.Length; at++)
        {
            while (at < line.Length && line[at] is ' ' or '\t')
            {
                at++;
            }

            int start = at;
            if (at < line.Length && line[at] is '\'' or '"')
            {
                cells.Add((Quoted(line, ref at, what), start + offset));
                while (at < line.Length && line[at] is ' ' or '\t')
                {
                    at++;
                }

                if (at < line.Length && line[at] != ',')
                {
                    throw _lines.Damaged(at + offset + 1, "',' after a closing quote", TextLines.Shown(line.AsSpan(at)));
                }
            }
            else
            {
                int comma = line.IndexOf(',', at);
                at = comma < 0 ? line.Length : comma;
                cells.Add((line[start..at].TrimEnd(), start + offset));
            }
        }

        return cells;
    }

    private string Quoted(string line, ref int at, string what)
    {
        int start = at;
        char quote = line[at++];
        _cell.Clear();
        while (at < line.Length && line[at] != quote)
        {
            if (line[at] == '\\' && at + 1 < line.Length)
            {
                at++;
                _cell.Append(line[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', char other => other });
            }
            else
            {
                _cell.Append(line[at]);
            }

            at++;
        }

        if (at >= line.Length)
        {
            throw _lines.Damaged(start + 1, $"a closing {quote} in {what}", "the end of the line: the quote opened here is never closed");
        }

        at++;
        return _cell.ToString();
    }

    private static bool Is(string line, string word) =>
        line.StartsWith(word, StringComparison.OrdinalIgnoreCase) && (line.Length == word.Length || line[word.Length] is ' ' or '\t');

    /// <summary>An attribute.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Line">Its line.</param>
    /// <param name="Classes">What it may be; null for a number or a relation.</param>
    /// <param name="Steps">The attributes within a relation; null for others.</param>
    private sealed record ArffAttribute(string Name, int Line, IReadOnlyList<string>? Classes, int? Steps = null);
}
