using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments;

/// <summary>A reader's own sequences from a table in memory.</summary>
/// <remarks>Cells that are null or NaN are missing values: refused when the sequences are split to be trained on, unless a preparation says how to fill them.</remarks>
public static class DataFrameSequences
{
    /// <summary>A row a sequence: the label's column, and the values of its steps in the other columns.</summary>
    /// <param name="frame">The table.</param>
    /// <param name="label">The name of the label's column; null for sequences to predict.</param>
    /// <param name="channels">The channels F of a step: the columns are step 0's channels, then step 1's, and so on.</param>
    /// <param name="lengthsDiffer">Whether a row whose last cells are missing is a shorter sequence.</param>
    /// <exception cref="UserException">A column is missing, holds no numbers or is no whole step, or a label is empty.</exception>
    public static OwnSequences ToSequences(this DataFrame frame, string? label = null, int channels = 1, bool lengthsDiffer = false)
    {
        DataFrameColumn[] columns = Others(frame, label);
        if (channels < 1 || columns.Length == 0 || columns.Length % channels != 0)
        {
            throw new UserException($"The table has {columns.Length} columns of values, which are not whole steps of {channels} channels. Choose channels: a number that divides {columns.Length}.");
        }

        double[][][] sequences = [.. Rows(frame).Select(row => columns.Select(column => Number(column, row)).Chunk(channels).ToArray())];
        return OwnSequences.FromArrays(lengthsDiffer ? [.. sequences.Select(Ended)] : sequences, Labels(frame, label, Rows(frame)), lengthsDiffer, missing: true);
    }

    /// <summary>A row a step: which sequence, which step, the channels in all other columns, and the label. Rows may stand in any order.</summary>
    /// <param name="frame">The table.</param>
    /// <param name="sequence">The name of the column that says which sequence.</param>
    /// <param name="step">The name of the column with the step's number or time.</param>
    /// <param name="label">The name of the label's column, the same in all rows of a sequence; null for sequences to predict.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <exception cref="UserException">A column is missing or holds no numbers, a step is there twice or missing, a label changes, or lengths differ.</exception>
    public static OwnSequences ToSequences(this DataFrame frame, string sequence, string step, string? label = null, bool lengthsDiffer = false)
    {
        (DataFrameColumn ofSequence, DataFrameColumn ofStep) = (Column(frame, sequence), Column(frame, step));
        DataFrameColumn[] channels = Others(frame, sequence, step, label);
        if (channels.Length == 0)
        {
            throw new UserException("The table has no column of values beside those of the sequence, the step and the label.");
        }

        IGrouping<string, long>[] groups = [.. Rows(frame).GroupBy(row => Text(ofSequence[row]), StringComparer.Ordinal)];
        long[][] rows = [.. groups.Select(group => Ordered(group, ofStep))];
        double[][][] sequences = [.. rows.Select(own => own.Select(row => channels.Select(channel => Number(channel, row)).ToArray()).ToArray())];
        foreach ((IGrouping<string, long> group, long[] own) in groups.Zip(rows))
        {
            string[] labels = Labels(frame, label, own)?.Distinct(StringComparer.Ordinal).ToArray() ?? [];
            if (labels.Length > 1)
            {
                throw new UserException($"Sequence '{group.Key}' of the table has the labels {string.Join(" and ", labels.Select(one => $"'{one}'"))}. A sequence has one class.");
            }
        }

        return OwnSequences.FromArrays(sequences, Labels(frame, label, rows.Select(own => own[0])), lengthsDiffer, missing: true)
            .WithNames([.. groups.Select(group => group.Key)]);
    }

    private static IEnumerable<long> Rows(DataFrame frame) => Enumerable.Range(0, (int)frame.Rows.Count).Select(row => (long)row);

    private static DataFrameColumn Column(DataFrame frame, string name) => frame.Columns.FirstOrDefault(column => column.Name == name)
        ?? throw new UserException($"The table has no column '{name}'. Its columns are {string.Join(", ", frame.Columns.Take(10).Select(column => column.Name))}{(frame.Columns.Count > 10 ? ", …" : "")}.");

    private static DataFrameColumn[] Others(DataFrame frame, params string?[] taken)
    {
        DataFrameColumn[] own = [.. taken.OfType<string>().Select(name => Column(frame, name))];
        return [.. frame.Columns.Except(own)];
    }

    private static string[]? Labels(DataFrame frame, string? label, IEnumerable<long> rows) =>
        label is null ? null : [.. rows.Select(row => Text(Column(frame, label)[row]))];

    private static string Text(object? cell) => Convert.ToString(cell, CultureInfo.InvariantCulture)!;

    private static double Number(DataFrameColumn column, long row) => column[row] switch
    {
        null => double.NaN,
        string or char or DateTime => throw new UserException($"Column '{column.Name}' of the table holds '{Text(column[row])}' in row {row}, but must hold numbers. Take the column out, or name it as the label's."),
        object value => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    private static long[] Ordered(IGrouping<string, long> rows, DataFrameColumn step)
    {
        long[] ordered = [.. rows.OrderBy(row => step[row] ?? throw new UserException($"Column '{step.Name}' of the table is empty in row {row}, but must say which step."))];
        foreach ((long before, long after) in ordered.Zip(ordered.Skip(1)))
        {
            if (Equals(step[before], step[after]))
            {
                throw new UserException($"Rows {before} and {after} of the table are both step '{Text(step[after])}' of sequence '{rows.Key}'. Leave one out, or number them apart.");
            }
        }

        return ordered;
    }

    private static double[][] Ended(double[][] steps) => steps[..(Array.FindLastIndex(steps, step => !step.All(double.IsNaN)) + 1)];
}
