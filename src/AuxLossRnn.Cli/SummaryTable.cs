using System.Globalization;
using AuxLossRnn.Experiments;
using AuxLossRnn.Training;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>What a run came to, with its budget beside it.</summary>
public static class SummaryTable
{
    /// <summary>Prints the summary of a run.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="summary">The summary.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="preset">The preset it was run from; null if there was none.</param>
    public static void Write(ExperimentSpec spec, RunSummary summary, RunFolder folder, string? preset)
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
        if (preset is not null && PublishedResults.Find(preset) is PublishedResult published)
        {
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"The paper's {published.Note}: {published.Accuracy:0.0} % at the paper's budget (standing {published.Standing}; see the README)."));
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
