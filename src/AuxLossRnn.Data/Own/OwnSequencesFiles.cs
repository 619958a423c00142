using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <content>From files.</content>
public sealed partial class OwnSequences
{
    /// <summary>A table with a row a sequence: the label's column, and the values of its steps in the other columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The name of the label's column; null for sequences to predict.</param>
    /// <param name="header">Whether the first line names the columns.</param>
    /// <param name="channels">The channels F of a step: the columns are step 0's channels, then step 1's, and so on.</param>
    /// <param name="separator">What stands between cells: a character of ASCII.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a label is empty, the columns do not fit or have no name, or the header reads like a
    /// sequence: its values are numbers that do not count the columns.
    /// </exception>
    public static OwnSequences FromCsv(string path, string? label = null, bool header = true, int channels = 1, char separator = ',')
    {
        using var table = CsvFile.Open(path, header, separator);
        return FromCsv(table, label is null ? null : table.Column(label), channels, isNamed: label is not null);
    }

    /// <summary>The same, the label's column by its number.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label's column, from 0; −1 is the last.</param>
    /// <param name="header">Whether the first line names the columns.</param>
    /// <param name="channels">The channels F of a step: the columns are step 0's channels, then step 1's, and so on.</param>
    /// <param name="separator">What stands between cells: a character of ASCII.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a label is empty, the columns do not fit or have no name, or the header reads like a
    /// sequence: its values are numbers that do not count the columns.
    /// </exception>
    public static OwnSequences FromCsv(string path, int label, bool header = true, int channels = 1, char separator = ',')
    {
        using var table = CsvFile.Open(path, header, separator);
        int column = label == -1 ? table.Columns - 1 : label;
        return column >= 0 && column < table.Columns
            ? FromCsv(table, column, channels, isNamed: false)
            : throw new UserException(
                $"'{path}' has {table.Columns} columns, so the label cannot be in column {label}: choose 0 … {table.Columns - 1}, or -1 for the last.");
    }

    /// <summary>A table with a row a step: which sequence, which step, the channels in all other columns, and the label.</summary>
    /// <remarks>Rows may stand in any order; steps are ordered by their numbers, which may be times.</remarks>
    /// <param name="path">The file; its first line names the columns.</param>
    /// <param name="sequence">The name of the column that says which sequence.</param>
    /// <param name="step">The name of the column with the step's number or time.</param>
    /// <param name="label">The name of the label's column, the same in all rows of a sequence; null for sequences to predict.</param>
    /// <param name="separator">What stands between cells: a character of ASCII.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a step is there twice, a label is empty or changes, or lengths differ.
    /// </exception>
    public static OwnSequences FromLongCsv(
        string path, string sequence, string step, string? label = null, char separator = ',', bool lengthsDiffer = false)
    {
        using var table = CsvFile.Open(path, header: true, separator);
        (int ofSequence, int ofStep) = (table.Column(sequence), table.Column(step));
        int? ofLabel = label is null ? null : table.Column(label);
        int[] channels = [.. Enumerable.Range(0, table.Columns).Where(column => column != ofSequence && column != ofStep && column != ofLabel)];
        IGrouping<string, LongRow>[] groups = [.. table.Rows()
            .Select(row => new LongRow(
                row.Line, row.Text(ofSequence, "sequence's name"), row.Step(ofStep), row.Cells[ofStep].Trim(),
                ofLabel is int column ? row.Text(column, "label") : null, [.. channels.Select(row.Number)]))
            .GroupBy(row => row.Sequence, StringComparer.Ordinal)];

        var values = new List<double>();
        var labels = new List<string?>();
        foreach (IGrouping<string, LongRow> group in groups)
        {
            LongRow[] rows = [.. group.OrderBy(row => row.Time)];
            foreach ((LongRow before, LongRow after) in rows.Zip(rows.Skip(1)))
            {
                if (before.Time == after.Time)
                {
                    throw new UserException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"Lines {before.Line} and {after.Line} of '{path}' are both step '{(before.Written == after.Written ? after.Written : $"{before.Written}' and '{after.Written}")}' of sequence '{group.Key}'. Leave one out, or number them apart."));
                }
            }

            if (!lengthsDiffer && rows.Length != groups[0].Count())
            {
                throw new UserException(OfAnotherLength(
                    $"Sequence '{group.Key}' of '{path}'", rows.Length, $"sequence '{groups[0].Key}'", groups[0].Count(), "steps"));
            }

            if (rows.FirstOrDefault(row => row.Label != rows[0].Label) is LongRow other)
            {
                throw new UserException(
                    $"Line {other.Line} of '{path}' labels sequence '{group.Key}' '{other.Label}', but line {rows[0].Line} labels it "
                    + $"'{rows[0].Label}'. A sequence has one class.");
            }

            values.AddRange(rows.SelectMany(row => row.Values));
            labels.Add(rows[0].Label);
        }

        return new OwnSequences(
            path, [.. values], null, [.. groups.Select(group => group.Count())], channels.Length, ofLabel is null ? null : [.. labels], lengthsDiffer,
            names: [.. groups.Select(group => group.Key)]);
    }

    /// <summary>A NumPy array <c>[n, T]</c> or <c>[n, T, F]</c>, and its labels <c>[n]</c> from a second file.</summary>
    /// <param name="path">The <c>.npy</c> file: float32, float64, or integers of 8 to 64 bits.</param>
    /// <param name="labels">The <c>.npy</c> file of the labels, integers or text; null for sequences to predict.</param>
    /// <param name="tokens">Whether the integers are tokens, levels from 0, rather than values.</param>
    /// <param name="levels">The number of levels of tokens, 2 … 256; null for as many as the largest token asks for.</param>
    /// <exception cref="UserException">A file is missing or damaged, has another type or shape, or a token is out of range.</exception>
    public static OwnSequences FromNpy(string path, string? labels = null, bool tokens = false, int? levels = null)
    {
        if (levels is not null && !tokens)
        {
            throw new UserException($"'{path}' was to be read as values with {levels} levels, but only tokens have levels. Say tokens: true, or leave levels out.");
        }

        using var file = NpyFile.Open(path);
        if (file.Shape.Length is not (2 or 3))
        {
            throw new UserException(
                $"'{path}' has the shape {file.ShapeText}. Expected [sequences, steps] or [sequences, steps, channels].");
        }

        (IReadOnlyList<int> lengths, int features) = (Equal(file.Shape[0], file.Shape[1]), file.Shape.Length == 3 ? file.Shape[2] : 1);
        string[]? names = null;
        if (labels is not null)
        {
            using var second = NpyFile.Open(labels);
            names = second.Shape.Length == 1
                ? second.Labels()
                : throw new UserException($"'{labels}' has the shape {second.ShapeText}. Expected [sequences]: one label each.");
        }

        return tokens
            ? OfTokens(path, file.Integers(), lengths, features, names, levels)
            : new OwnSequences(path, file.Numbers(), null, lengths, features, names);
    }

    private static OwnSequences FromCsv(CsvFile table, int? label, int channels, bool isNamed)
    {
        int[] columns = [.. Enumerable.Range(0, table.Columns).Where(column => column != label)];
        if (channels < 1 || columns.Length % channels != 0)
        {
            throw new UserException(
                $"'{table.Path}' has {columns.Length} columns of values, which are not whole steps of {channels} channels. Choose channels: a number "
                + $"that divides {columns.Length}.");
        }

        var labels = new List<string>();
        var values = new List<double>();
        int count = 0;
        foreach (CsvRow row in table.Rows())
        {
            if (label is int of)
            {
                labels.Add(row.Text(of, "label"));
            }

            values.AddRange(columns.Select(row.Number));
            count++;
        }

        if (!isNamed)
        {
            table.RequireHeader(label, labels);
        }

        return new OwnSequences(
            table.Path, [.. values], null, Equal(count, columns.Length / channels), channels, label is null ? null : [.. labels]);
    }

    /// <summary>A row of a table with a row a step.</summary>
    private sealed record LongRow(int Line, string Sequence, decimal Time, string Written, string? Label, double[] Values);
}
