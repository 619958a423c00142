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
    /// <param name="separator">What stands between cells.</param>
    /// <exception cref="UserException">The file cannot be read, a cell is no number, a label is empty, or the columns do not fit.</exception>
    public static OwnSequences FromCsv(string path, string? label = null, bool header = true, int channels = 1, char separator = ',')
    {
        var table = CsvFile.Read(path, header, separator);
        return FromCsv(path, table, label is null ? null : table.Column(label), channels);
    }

    /// <summary>The same, the label's column by its number.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label's column, from 0; −1 is the last.</param>
    /// <param name="header">Whether the first line names the columns.</param>
    /// <param name="channels">The channels F of a step: the columns are step 0's channels, then step 1's, and so on.</param>
    /// <param name="separator">What stands between cells.</param>
    /// <exception cref="UserException">The file cannot be read, a cell is no number, a label is empty, or the columns do not fit.</exception>
    public static OwnSequences FromCsv(string path, int label, bool header = true, int channels = 1, char separator = ',')
    {
        var table = CsvFile.Read(path, header, separator);
        int column = label == -1 ? table.Columns - 1 : label;
        return column >= 0 && column < table.Columns
            ? FromCsv(path, table, column, channels)
            : throw new UserException(
                $"'{path}' has {table.Columns} columns, so the label cannot be in column {label}: choose 0 … {table.Columns - 1}, or -1 for the last.");
    }

    /// <summary>A table with a row a step: which sequence, which step, the channels in all other columns, and the label.</summary>
    /// <remarks>Rows may stand in any order; steps are ordered by their numbers, which may be times.</remarks>
    /// <param name="path">The file; its first line names the columns.</param>
    /// <param name="sequence">The name of the column that says which sequence.</param>
    /// <param name="step">The name of the column with the step's number or time.</param>
    /// <param name="label">The name of the label's column, the same in all rows of a sequence; null for sequences to predict.</param>
    /// <param name="separator">What stands between cells.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a step is there twice, a label is empty or changes, or lengths differ.
    /// </exception>
    public static OwnSequences FromLongCsv(
        string path, string sequence, string step, string? label = null, char separator = ',', bool lengthsDiffer = false)
    {
        var table = CsvFile.Read(path, header: true, separator);
        (int ofSequence, int ofStep) = (table.Column(sequence), table.Column(step));
        int? ofLabel = label is null ? null : table.Column(label);
        int[] channels = [.. Enumerable.Range(0, table.Columns).Where(column => column != ofSequence && column != ofStep && column != ofLabel)];
        IGrouping<string, int>[] groups = [.. Enumerable.Range(0, table.Rows.Count)
            .GroupBy(row => table.Text(row, ofSequence, "sequence's name"), StringComparer.Ordinal)];

        var values = new List<float>();
        var labels = new List<string>();
        foreach (IGrouping<string, int> group in groups)
        {
            (double Time, int Row)[] rows = [.. group.Select(row => (Time: table.Exact(row, ofStep), row)).OrderBy(entry => entry.Time)];
            foreach ((var before, var after) in rows.Zip(rows.Skip(1)))
            {
                if (before.Time == after.Time)
                {
                    throw new UserException(
                        $"Lines {table.Rows[before.Row].Line} and {table.Rows[after.Row].Line} of '{path}' are both step "
                        + $"'{table.Rows[after.Row].Cells[ofStep]}' of sequence '{group.Key}'. Leave one out, or number them apart.");
                }
            }

            if (!lengthsDiffer && rows.Length != groups[0].Count())
            {
                throw new UserException(OfAnotherLength(
                    $"Sequence '{group.Key}' of '{path}'", rows.Length, $"sequence '{groups[0].Key}'", groups[0].Count(), "steps"));
            }

            values.AddRange(rows.SelectMany(entry => channels.Select(channel => table.Number(entry.Row, channel))));
            if (ofLabel is int column)
            {
                labels.Add(table.Text(rows[0].Row, column, "label"));
                foreach ((_, int row) in rows)
                {
                    if (table.Text(row, column, "label") != labels[^1])
                    {
                        throw new UserException(
                            $"Line {table.Rows[row].Line} of '{path}' labels sequence '{group.Key}' '{table.Rows[row].Cells[column]}', but line "
                            + $"{table.Rows[rows[0].Row].Line} labels it '{labels[^1]}'. A sequence has one class.");
                    }
                }
            }
        }

        return new OwnSequences(
            path, [.. values], null, [.. groups.Select(group => group.Count())], channels.Length, ofLabel is null ? null : [.. labels], lengthsDiffer);
    }

    /// <summary>A NumPy array <c>[n, T]</c> or <c>[n, T, F]</c>, and its labels <c>[n]</c> from a second file.</summary>
    /// <param name="path">The <c>.npy</c> file: float32, float64, or integers of 8 to 64 bits.</param>
    /// <param name="labels">The <c>.npy</c> file of the labels, integers or text; null for sequences to predict.</param>
    /// <param name="tokens">Whether the integers are tokens, levels from 0, rather than values.</param>
    /// <exception cref="UserException">A file is missing or damaged, or has another type or shape.</exception>
    public static OwnSequences FromNpy(string path, string? labels = null, bool tokens = false)
    {
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
            ? OfTokens(path, file.Integers(), lengths, features, names, null)
            : new OwnSequences(path, file.Numbers(), null, lengths, features, names);
    }

    private static OwnSequences FromCsv(string path, CsvFile table, int? label, int channels)
    {
        int[] columns = [.. Enumerable.Range(0, table.Columns).Where(column => column != label)];
        if (channels < 1 || columns.Length % channels != 0)
        {
            throw new UserException(
                $"'{path}' has {columns.Length} columns of values, which are not whole steps of {channels} channels. Choose channels: a number "
                + $"that divides {columns.Length}.");
        }

        string[]? labels = label is int of ? [.. Enumerable.Range(0, table.Rows.Count).Select(row => table.Text(row, of, "label"))] : null;
        float[] values = new float[table.Rows.Count * columns.Length];
        for (int at = 0; at < values.Length; at++)
        {
            values[at] = table.Number(at / columns.Length, columns[at % columns.Length]);
        }

        return new OwnSequences(path, values, null, Equal(table.Rows.Count, columns.Length / channels), channels, labels);
    }
}
