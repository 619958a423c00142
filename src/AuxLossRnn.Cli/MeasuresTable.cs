using System.Globalization;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>What a set's accuracy does not say: a line, its classes and its calibration.</summary>
public static class MeasuresTable
{
    private const int MostColumns = 20; // a wider confusion matrix is no longer read on a terminal

    /// <summary>Prints the measures of a set.</summary>
    /// <param name="measures">The measures.</param>
    public static void Write(ClassMeasures measures)
    {
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"            balanced accuracy {Percent(measures.BalancedAccuracy)}  macro F1 {Percent(measures.MacroF1)}  log loss {measures.LogLoss:0.0000}  "
            + $"calibration error {Percent(measures.CalibrationError)}"));
        bool matrix = measures.Classes.Count <= MostColumns;
        var classes = new Table().Border(TableBorder.Rounded).AddColumns("class", "count", "precision", "recall", "F1");
        foreach (ClassScore taken in matrix ? measures.Classes : [])
        {
            classes.AddColumn($"as {Markup.Escape(taken.Name)}");
        }

        for (int column = 1; column < classes.Columns.Count; column++)
        {
            classes.Columns[column].Alignment = Justify.Right;
        }

        foreach ((int c, ClassScore score) in measures.Classes.Index())
        {
            string[] row =
            [
                score.Name, Number(score.Count), Percent(score.Precision), Percent(score.Recall), Percent(score.F1),
                .. matrix ? measures.Confusion[c].Select(Number) : [],
            ];
            classes.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(classes);
        var bins = new Table().Border(TableBorder.Rounded).AddColumns("as sure as", "count", "mean", "right");
        foreach (CalibrationBin bin in measures.Calibration)
        {
            bins.AddRow(FormattableString.Invariant($"{100 * bin.From:0} to {100 * bin.From + 10:0} %"), Number(bin.Count), Percent(bin.Confidence), Percent(bin.Accuracy));
        }

        AnsiConsole.Write(bins);
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double? part) => part is double value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
