using System.Globalization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <content>From files.</content>
public sealed partial class OwnSequences
{
    private const string WideLengths = "If the sequences differ in length, say lengthsDiffer: true.";

    /// <summary>A table with a row a sequence: the label's column, and the values of its steps in the other columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The name of the label's column; null for sequences to predict.</param>
    /// <param name="header">Whether the first line names the columns.</param>
    /// <param name="channels">The channels F of a step: the columns are step 0's channels, then step 1's, and so on.</param>
    /// <param name="separator">What stands between cells: a character of ASCII.</param>
    /// <param name="lengthsDiffer">Whether a row that is shorter, or whose last cells are empty or NaN, is a shorter sequence; otherwise it is taken for a mistake.</param>
    /// <param name="missing">Whether cells that are empty, NaN, NA or ? are missing values, to be filled as <see cref="WithPreparation"/> says; otherwise they are refused.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a label is empty, the columns do not fit or have no name, or the header reads like a
    /// sequence: its values are numbers that do not count the columns.
    /// </exception>
    public static OwnSequences FromCsv(
        string path, string? label = null, bool header = true, int channels = 1, char separator = ',', bool lengthsDiffer = false, bool missing = false)
    {
        using var table = CsvFile.Open(path, header, separator, WideLengths);
        return FromCsv(table, label is null ? null : table.Column(label), channels, isNamed: label is not null, lengthsDiffer, missing);
    }

    /// <summary>The same, the label's column by its number.</summary>
    /// <param name="path">The file.</param>
    /// <param name="label">The label's column, from 0; −1 is the last of each row.</param>
    /// <param name="header">Whether the first line names the columns.</param>
    /// <param name="channels">The channels F of a step: the columns are step 0's channels, then step 1's, and so on.</param>
    /// <param name="separator">What stands between cells: a character of ASCII.</param>
    /// <param name="lengthsDiffer">Whether a row that is shorter, or whose last cells are empty or NaN, is a shorter sequence; otherwise it is taken for a mistake.</param>
    /// <param name="missing">Whether cells that are empty, NaN, NA or ? are missing values, to be filled as <see cref="WithPreparation"/> says; otherwise they are refused.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a label is empty, the columns do not fit or have no name, or the header reads like a
    /// sequence: its values are numbers that do not count the columns.
    /// </exception>
    public static OwnSequences FromCsv(
        string path, int label, bool header = true, int channels = 1, char separator = ',', bool lengthsDiffer = false, bool missing = false)
    {
        using var table = CsvFile.Open(path, header, separator, WideLengths);
        return FromCsv(table, Numbered(table, label), channels, isNamed: false, lengthsDiffer, missing);
    }

    /// <summary>A table with a row a step: which sequence, which step, the channels in all other columns, and the label.</summary>
    /// <remarks>Rows may stand in any order; steps are ordered by their numbers, which may be times.</remarks>
    /// <param name="path">The file; its first line names the columns.</param>
    /// <param name="sequence">The name of the column that says which sequence.</param>
    /// <param name="step">The name of the column with the step's number or time.</param>
    /// <param name="label">The name of the label's column, the same in all rows of a sequence; null for sequences to predict.</param>
    /// <param name="separator">What stands between cells: a character of ASCII.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <param name="missing">Whether cells that are empty, NaN, NA or ? are missing values, to be filled as <see cref="WithPreparation"/> says; otherwise they are refused.</param>
    /// <exception cref="UserException">
    /// The file cannot be read, a cell is no number, a step is there twice, a label is empty or changes, or lengths differ.
    /// </exception>
    public static OwnSequences FromLongCsv(
        string path, string sequence, string step, string? label = null, char separator = ',', bool lengthsDiffer = false, bool missing = false)
    {
        using var table = CsvFile.Open(path, header: true, separator);
        return FromLongCsv(table, path, sequence, step, label, lengthsDiffer, missing);
    }

    private static OwnSequences FromLongCsv(
        CsvFile table, string path, string sequence, string step, string? label, bool lengthsDiffer, bool missing, long? memoryBytes = null,
        bool labelIsRead = true)
    {
        (int ofSequence, int ofStep) = (table.Column(sequence), table.Column(step));
        int? ofLabel = label is null ? null : table.Column(label);
        int[] channels = [.. Enumerable.Range(0, table.Columns).Where(column => column != ofSequence && column != ofStep && column != ofLabel)];
        var memory = new ValueBuffer(path, memoryBytes);
        long held = 0; // a row takes about eight values beside its own
        IGrouping<string, LongRow>[] groups = [.. table.Rows()
            .Select(row => !missing && channels.Length > 0 && row.Filled(channels) == 0
                ? throw row.Ended(channels[0], "if the sequence has ended before, leave the line out and say lengthsDiffer: true.")
                : new LongRow(
                    row.Line, row.Text(ofSequence, "sequence's name"), row.Step(ofStep), row.Cells[ofStep].Trim(),
                    labelIsRead && ofLabel is int column ? row.Text(column, "label") : null, [.. channels.Select(column => row.Number(column, missing))]))
            .Select(row =>
            {
                memory.Require(held += channels.Length + 8);
                return row;
            })
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
            path, [.. values], null, [.. groups.Select(group => group.Count())], channels.Length, ofLabel is null || !labelIsRead ? null : [.. labels], lengthsDiffer,
            names: [.. groups.Select(group => group.Key)], missing: missing)
        { TakenFor = "a table with a row a step", Columns = [.. channels.Select(column => table.HeaderRow!.Cells[column])] };
    }

    private static int Numbered(CsvFile table, int label) => label >= -1 && label < table.Columns
        ? label
        : throw new UserException(
            $"'{table.Path}' has {table.Columns} columns, so the label cannot be in column {label}: choose 0 … {table.Columns - 1}, or -1 for the last.{table.Hint}");

    private static OwnSequences FromCsv(
        CsvFile table, int? label, int channels, bool isNamed, bool lengthsDiffer, bool missing, bool mayBeShort = true, long? memoryBytes = null,
        bool labelIsRead = true)
    {
        int[] columns = Others(table.Columns, label);
        if (columns.Length == 0)
        {
            throw new UserException($"'{table.Path}' has no column of values{(label is null ? "" : " beside the label's")}.{table.Hint}");
        }

        if (channels < 1 || (columns.Length % channels != 0 && !lengthsDiffer))
        {
            throw new UserException(
                $"'{table.Path}' has {columns.Length} columns of values, which are not whole steps of {channels} channels. Choose channels: a number "
                + $"that divides {columns.Length}.");
        }

        var labels = new List<string>();
        var values = new ValueBuffer(table.Path, memoryBytes);
        var lengths = new List<int>();
        foreach (CsvRow row in table.Rows(mayBeShort: lengthsDiffer && mayBeShort))
        {
            if (labelIsRead && label is int of)
            {
                labels.Add(row.Text(of == -1 ? row.Cells.Length - 1 : of, "label"));
            }

            int[] own = row.Cells.Length == table.Columns ? columns : Others(row.Cells.Length, label);
            int filled = missing && !lengthsDiffer ? own.Length : row.Filled(own);
            if (filled < own.Length && !lengthsDiffer)
            {
                throw row.Ended(
                    own[filled], "if the sequence ends there, say lengthsDiffer: true; if values are missing, fill them in or leave the line out"
                    + (filled == own.Length - 1 ? "; if every line ends with a separator, take those out." : "."));
            }

            // A step of which only some channels are there is no end of a sequence: its cells are asked for.
            int steps = (filled + channels - 1) / channels;
            if (steps == 0 || steps * channels > own.Length)
            {
                throw new UserException($"Line {row.Line} of '{table.Path}' has {filled} values, which are not whole steps of {channels} channels, at least one. Mend the line, or leave it out.");
            }

            values.AddRange(own.Take(steps * channels).Select(column => row.Number(column, missing)));
            lengths.Add(steps);
        }

        if (!isNamed)
        {
            table.RequireHeader(label == -1 ? table.Columns - 1 : label, labels);
        }

        return new OwnSequences(table.Path, values.ToArray(), null, lengths, channels, label is null || !labelIsRead ? null : [.. labels], lengthsDiffer, missing: missing)
        { TakenFor = "a table with a row a sequence", Columns = table.HeaderRow is CsvRow names ? [.. columns.Select(column => names.Cells[column])] : null };
    }

    private static int[] Others(int columns, int? label) => [.. Enumerable.Range(0, columns).Where(column => column != (label == -1 ? columns - 1 : label))];

    /// <summary>A row of a table with a row a step.</summary>
    private sealed record LongRow(int Line, string Sequence, decimal Time, string Written, string? Label, double[] Values);
}
