using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training.Runs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Tests;

public sealed class MeasureTablesTests
{
    [Fact]
    public void A_data_frame_has_a_row_a_class_and_a_column_for_what_it_was_taken_for()
    {
        ClassMeasures measures = new Predictions(["calm", "storm"], [[0.9f, 0.1f], [0.7f, 0.3f], [0.8f, 0.2f], [0.35f, 0.65f]], [0, 0, 1, -1]).Measures!;
        DataFrame classes = measures.ToDataFrame();

        Assert.Equal(
            ["class", "sequences", "precision_percent", "recall_percent", "f1_percent", "taken for calm", "taken for storm"], classes.Columns.Select(column => column.Name));
        Assert.Equal(["storm", 1.0, null, 0.0, 0.0, 1.0, 0.0], classes.Rows[1]);
        Assert.Equal(2, (double)classes["taken for calm"][0]);
        Assert.Equal([70.0, 80.0, 90.0], measures.ToCalibrationFrame()["from_percent"].Cast<double>());
    }

    [Theory]
    [InlineData(91, true)]
    [InlineData(90, false)]
    public void A_training_set_of_which_more_than_nine_tenths_are_one_class_is_warned_of(int calm, bool warns)
    {
        double[][] sequences = [.. Enumerable.Range(0, 100).Select(i => new[] { 1.0, i })];
        SequenceDataset train = OwnSequences.FromArrays(sequences, sequences.Select((_, i) => i < calm ? "calm" : "storm").ToArray()).Split(0, 0).Train;
        string? warning = LopsidedClasses.Warning(train);

        Assert.Equal(warns, warning is not null);
        if (warns)
        {
            Assert.StartsWith("91 of the 100 training sequences are of the class 'calm': who always says so is right for 91 % of them.", warning, StringComparison.Ordinal);
            Assert.EndsWith("BalancedClasses = true gives every class the same weight in the loss.", SettingNames.InCode(warning!), StringComparison.Ordinal);
        }
    }
}
