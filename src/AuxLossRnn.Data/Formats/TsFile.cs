using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>
/// A <c>.ts</c> file of the UCR and UEA archives, as sktime and aeon write them: tags, then a line a sequence, its channels and its class
/// separated by colons.
/// </summary>
internal sealed class TsFile
{
    private readonly TextLines _lines;
    private readonly Dictionary<string, (string Value, int Line)> _tags = new(StringComparer.OrdinalIgnoreCase);
    private readonly int? _dimensions;
    private readonly int? _steps;
    private readonly bool? _isEqual;
    private readonly bool _isTimed;
    private readonly bool _isLabelled;
    private readonly string _classes;

    private TsFile(TextLines lines)
    {
        _lines = lines;
        ReadTags();
        _isTimed = Flag("timeStamps") ?? false;
        _isEqual = Flag("equalLength");
        _dimensions = Number("dimensions") ?? Number("dimension") ?? (Flag("univariate") == true ? 1 : null);
        _steps = _isEqual == false ? null : Number("seriesLength");
        (_isLabelled, _classes) = Classes();
    }

    /// <summary>Whether sequences may differ in length.</summary>
    public bool LengthsDiffer { get; private set; }

    /// <summary>Whether each value stands beside its time.</summary>
    public bool IsTimed => _isTimed;

    /// <summary>Whether the sequences have classes.</summary>
    public bool IsLabelled => _isLabelled;

    /// <summary>Reads a file.</summary>
    /// <param name="lines">Its lines.</param>
    /// <param name="cases">Where its sequences go.</param>
    /// <exception cref="UserException">It is damaged; the message has line and column.</exception>
    public static TsFile Read(TextLines lines, ArchiveCases cases)
    {
        var file = new TsFile(lines);
        while (lines.Next())
        {
            if (!IsBlank(lines.Text))
            {
                file.ReadCase(cases);
            }
        }

        if (cases.Lengths.Count == 0)
        {
            throw lines.Damaged(1, "a line for each sequence below @data", "the end of the file", "Put the whole file there.");
        }

        file.LengthsDiffer = file._isEqual == false || cases.Lengths.Distinct().Count() > 1;
        return file;
    }

    private static bool IsBlank(string line) => line.AsSpan().TrimStart() is "" or ['#', ..] or ['%', ..];

    private void ReadTags()
    {
        while (_lines.Next())
        {
            string line = _lines.Text.Trim();
            if (IsBlank(line))
            {
                continue;
            }

            if (line[0] != '@')
            {
                throw _lines.Damaged(1, "a tag such as @classLabel, or @data before the first sequence", TextLines.Shown(line), "Put the missing tag there.");
            }

            int space = line.AsSpan().IndexOfAny(' ', '\t');
            string tag = space < 0 ? line[1..] : line[1..space];
            if (tag.Equals("data", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }

            _tags[tag] = (space < 0 ? "" : line[space..].Trim(), _lines.Line);
        }

        throw _lines.Damaged(1, "the tag @data", "the end of the file", "Put the whole file there.");
    }

    private bool? Flag(string tag) => !_tags.TryGetValue(tag, out (string Value, int Line) found) ? null
        : bool.TryParse(found.Value, out bool flag) ? flag
        : throw _lines.Damaged(1, $"@{tag} true or @{tag} false", TextLines.Shown(found.Value), "Mend the line.", found.Line);

    private int? Number(string tag) => !_tags.TryGetValue(tag, out (string Value, int Line) found) ? null
        : int.TryParse(found.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
        : throw _lines.Damaged(1, $"@{tag} and a number of at least 1", TextLines.Shown(found.Value), "Mend the line.", found.Line);

    private (bool IsLabelled, string Names) Classes()
    {
        if (_tags.TryGetValue("targetLabel", out (string Value, int Line) target) && target.Value.StartsWith("true", StringComparison.OrdinalIgnoreCase))
        {
            throw _lines.Damaged(1, "classes", "@targetLabel, a number to estimate for each sequence", "Give a file of a classification problem.", target.Line);
        }

        if (!_tags.TryGetValue("classLabel", out (string Value, int Line) found))
        {
            throw _lines.Damaged(1, "the tag @classLabel before @data", "none", "Write @classLabel true and the names of the classes, or @classLabel false.");
        }

        string[] words = found.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool labelled = words is [] || !bool.TryParse(words[0], out bool told)
            ? throw _lines.Damaged(1, "@classLabel true and the names of the classes, or @classLabel false", TextLines.Shown(found.Value), "Mend the line.", found.Line)
            : told;
        return (labelled, $" {string.Join(' ', words.Skip(1))} ");
    }

    private void ReadCase(ArchiveCases cases)
    {
        ReadOnlySpan<char> line = _lines.Text;
        int channels = _dimensions ?? (cases.Channels.Length > 0 ? cases.Channels.Length : Math.Max(1, Colons(line) + (_isLabelled ? 0 : 1)));
        cases.Begin(channels);
        int at = 0;
        for (int f = 0; f < channels; f++)
        {
            int end = _isTimed ? ReadTimed(line, at, cases.Channels[f]) : ReadPlain(line, at, cases.Channels[f]);
            RequireLength(cases, f, end);
            bool more = f < channels - 1 || _isLabelled;
            if (more != end < line.Length)
            {
                throw _lines.Damaged(
                    end + 1, $"{channels} channel{(channels == 1 ? "" : "s")}{(_isLabelled ? " and the class" : "")}, separated by ':'",
                    more ? $"the end of the line after {f + 1}" : "another ':'");
            }

            at = end + 1;
        }

        cases.End(cases.Channels[0].Count, _isLabelled ? Label(line, at) : null);
    }

    private string Label(ReadOnlySpan<char> line, int at)
    {
        string label = line[at..].Trim().ToString();
        bool known = _classes.Length <= 2 || _classes.Contains($" {string.Join(' ', label.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} ", StringComparison.Ordinal);
        return label.Length > 0 && known
            ? label
            : throw _lines.Damaged(
                at + 1, _classes.Length > 2 ? $"a class that line {_tags["classLabel"].Line} declares:{_classes.TrimEnd()}" : "a class", TextLines.Shown(label),
                "Mend the line, or declare the class.");
    }

    private void RequireLength(ArchiveCases cases, int channel, int end)
    {
        int found = cases.Channels[channel].Count;
        (int expected, string other) = channel > 0 ? (cases.Channels[0].Count, "channel 0 of this line has")
            : _steps is int told ? (told, "@seriesLength says")
            : _isEqual == true && cases.Lengths.Count > 0 ? (cases.Lengths[0], "the first sequence has")
            : (found, "");
        if (found != expected)
        {
            throw _lines.Damaged(end + 1, $"{expected} values of channel {channel}, as {other}", $"{found}");
        }
    }

    private int ReadPlain(ReadOnlySpan<char> line, int at, List<double> values)
    {
        int length = line[at..].IndexOf(':');
        int end = length < 0 ? line.Length : at + length;
        while (true)
        {
            int comma = line[at..end].IndexOf(',');
            values.Add(Value(line, at, comma < 0 ? end : at + comma));
            if (comma < 0)
            {
                return end;
            }

            at += comma + 1;
        }
    }

    // (time,value),(time,value): times tell the order, and nothing else.
    private int ReadTimed(ReadOnlySpan<char> line, int at, List<double> values)
    {
        decimal last = decimal.MinValue;
        while (true)
        {
            while (at < line.Length && line[at] == ' ')
            {
                at++;
            }

            int close = at < line.Length && line[at] == '(' ? line[at..].IndexOf(')') : -1;
            int comma = close < 0 ? -1 : line.Slice(at, close).LastIndexOf(',');
            if (comma < 0)
            {
                throw _lines.Damaged(at + 1, "a time and a value as (time,value), since @timeStamps is true", TextLines.Shown(line[at..]));
            }

            ReadOnlySpan<char> time = line[(at + 1)..(at + comma)];
            if (!TryTime(time, out decimal now) || now <= last)
            {
                throw _lines.Damaged(at + 2, "a date or a number later than the time before", TextLines.Shown(time), "Mend the line, or order its values by their times.");
            }

            (last, int from) = (now, at + comma + 1);
            at += close;
            values.Add(Value(line, from, at));
            at++;
            if (at >= line.Length || line[at] == ':')
            {
                return at;
            }

            at += line[at] == ',' ? 1 : throw _lines.Damaged(at + 1, "',' or ':' after (time,value)", TextLines.Shown(line[at..]));
        }
    }

    private static bool TryTime(ReadOnlySpan<char> text, out decimal time)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out time))
        {
            return true;
        }

        bool isDate = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime date);
        time = date.Ticks;
        return isDate;
    }

    private double Value(ReadOnlySpan<char> line, int from, int to) => ArchiveCases.TryValue(line[from..to], out double value)
        ? value
        : throw _lines.Damaged(from + 1, "a finite number, or ? or NaN for a missing one", TextLines.Shown(line[from..to]));

    private int Colons(ReadOnlySpan<char> line)
    {
        int colons = 0;
        bool inside = false;
        foreach (char letter in line)
        {
            inside = _isTimed && (letter == '(' || (inside && letter != ')'));
            colons += letter == ':' && !inside ? 1 : 0;
        }

        return colons;
    }
}
