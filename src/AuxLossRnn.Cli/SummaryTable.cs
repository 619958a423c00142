using System.Globalization;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>What a run came to, with its budget beside it.</summary>
public static class SummaryTable
{
    /// <summary>Prints the summary of a run.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="published">The sentence about the paper's number; null if there is none.</param>
    public static void Write(ExperimentSpec spec, RunSummary summary, RunFolder folder, string? published)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("test accuracy", "at step", "value");
        table.Columns[2].Alignment = Justify.Right;
        table.AddRow("last step", Step(summary.Steps), Percent(summary.LastTest));
        table.AddRow("best on validation", Step(summary.BestOnValidationStep), Percent(summary.BestOnValidation));
        table.AddRow("best on test (optimistic)", Step(summary.BestOnTestStep), Percent(summary.BestOnTest));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Steps:N0} steps, seed {spec.Seed}, {summary.Parameters:N0} weights, {summary.WallSeconds:0} s, peak memory {summary.PeakMemoryBytes / 1048576.0:0} MiB"));
        if (published is not null)
        {
            AnsiConsole.WriteLine(published);
        }

        if (summary.Status == RunStatus.Interrupted)
        {
            AnsiConsole.WriteLine($"Interrupted. Go on with: auxloss train --out {(folder.Path.Contains(' ', StringComparison.Ordinal) ? $"\"{folder.Path}\"" : folder.Path)} --resume");
        }
    }

    private static string Step(int? step) => step?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    private static string Percent(double? part) =>
        part is double value ? (100 * value).ToString("0.00", CultureInfo.InvariantCulture) + " %" : "-";
}
