using AuxLossRnn.Training.Runs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments;

/// <summary>Measures of classes as tables.</summary>
public static class MeasureTables
{
    /// <summary>A row a class: its sequences, precision, recall and F1 (all in %), and how many of its sequences were taken for each class.</summary>
    /// <param name="measures">The measures, such as those of predictions or of a run's summary.</param>
    public static DataFrame ToDataFrame(this ClassMeasures measures)
    {
        ArgumentNullException.ThrowIfNull(measures);
        return ResultTables.Table(
            [.. measures.Classes.Index()],
            [
                ("class", row => row.Item.Name),
                ("sequences", row => row.Item.Count),
                ("precision_percent", row => 100 * row.Item.Precision),
                ("recall_percent", row => 100 * row.Item.Recall),
                ("f1_percent", row => 100 * row.Item.F1),
                .. measures.Classes.Index().Select(column =>
                    ($"taken for {column.Item.Name}", (Func<(int Index, ClassScore Item), object?>)(row => measures.Confusion[row.Index][column.Index]))),
            ]);
    }

    /// <summary>A row a tenth of the confidence that holds a sequence: a well calibrated model is right as often as it is sure.</summary>
    /// <param name="measures">The measures.</param>
    public static DataFrame ToCalibrationFrame(this ClassMeasures measures)
    {
        ArgumentNullException.ThrowIfNull(measures);
        return ResultTables.Table(
            measures.Calibration,
            ("from_percent", bin => 100 * bin.From),
            ("sequences", bin => bin.Count),
            ("confidence_percent", bin => 100 * bin.Confidence),
            ("accuracy_percent", bin => 100 * bin.Accuracy));
    }
}
