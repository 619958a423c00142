using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Tests;

public sealed class DataFrameSequencesTests
{
    [Fact]
    public void A_wide_table_has_a_row_a_sequence()
    {
        var frame = new DataFrame(
            new DoubleDataFrameColumn("x0", [1, 2, 3]), new StringDataFrameColumn("class", ["up", "down", "up"]),
            new Int32DataFrameColumn("y0", new int?[] { 4, 5, null }), new SingleDataFrameColumn("x1", [7, 8, float.NaN]), new DoubleDataFrameColumn("y1", new double?[] { 9, 10, null }));

        OwnSequences own = frame.ToSequences("class", channels: 2, lengthsDiffer: true);

        Assert.Equal((3, 2, 2), (own.Count, own.Steps, own.Features));
        Assert.Equal([2, 2, 1], Enumerable.Range(0, 3).Select(own.Length));
        Assert.Equal(["channel 1 in step 0 of sequence 2"], own.MissingPlaces().Select(place => place.ToLowerInvariant()));
        SequenceDataset data = own.WithPreparation(new SequencePreparation(MissingValues.CarriedForward)).Split(0, 0).Train;
        Assert.Equal(["down", "up"], data.ClassNames);
        using SequenceBatch batch = data.Batch([0, 2]);
        Assert.Equal([0, 0, 2 / 7f, 0.5f, 6 / 7f, 5 / 6f, 0, 0], batch.Inputs.data<float>().ToArray()); // [T, B, F]: the mean of y is 7 of 4 … 10
    }

    [Fact]
    public void A_long_table_has_a_row_a_step_in_any_order()
    {
        var frame = new DataFrame(
            new StringDataFrameColumn("id", ["b", "a", "b", "a"]),
            new DateTimeDataFrameColumn("at", [new DateTime(2026, 1, 2), new DateTime(2026, 1, 1), new DateTime(2026, 1, 1), new DateTime(2026, 1, 2)]),
            new DoubleDataFrameColumn("v", [4, 1, 3, 2]), new StringDataFrameColumn("class", ["y", "x", "y", "x"]));

        OwnSequences own = frame.ToSequences("id", "at", "class");

        Assert.Equal(["b", "a"], own.Names!);
        using SequenceBatch batch = own.Split(0, 0).Train.Batch([0, 1]);
        Assert.Equal([2 / 3f, 0, 1, 1 / 3f], batch.Inputs.data<float>().ToArray()); // [T, B, F]: 3 and 1, then 4 and 2, of 1 … 4
    }

    [Fact]
    public void What_does_not_fit_is_told()
    {
        var frame = new DataFrame(new StringDataFrameColumn("id", ["a", "a"]), new Int32DataFrameColumn("t", [1, 1]), new StringDataFrameColumn("v", ["1", "2"]));

        Assert.Contains("has no column 'class'. Its columns are id, t, v.", Refusal(() => frame.ToSequences("class")), StringComparison.Ordinal);
        Assert.Contains("Rows 0 and 1 of the table are both step '1' of sequence 'a'", Refusal(() => frame.ToSequences("id", "t")), StringComparison.Ordinal);
        Assert.Contains("Column 'v' of the table holds '1' in row 0, but must hold numbers", Refusal(() => frame.ToSequences("id")), StringComparison.Ordinal);
        Assert.Contains("2 columns of values, which are not whole steps of 3 channels", Refusal(() => frame.ToSequences("id", channels: 3)), StringComparison.Ordinal);
    }

    private static string Refusal(Func<object> act) => Assert.Throws<UserException>(act).Message;
}
