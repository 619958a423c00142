using System.Globalization;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Experiments.Sweeps;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>Shows a sweep as tables.</summary>
internal static class SweepDisplay
{
    /// <summary>Where each run stands.</summary>
    public static void Write(IReadOnlyList<SweepStatus> statuses)
    {
        AnsiConsole.Write(Table(statuses));
        AnsiConsole.WriteLine(Counts(statuses));
    }

    /// <summary>What the rows came to, and which differences are none.</summary>
    public static void Write(SweepResults results)
    {
        var table = new Table().RoundedBorder();
        foreach (SweepAxis axis in results.Sweep.Axes)
        {
            table.AddColumn(Markup.Escape(axis.Name));
        }

        table.AddColumn(new TableColumn("n").RightAligned());
        table.AddColumn(new TableColumn("test accuracy").RightAligned());
        table.AddColumn(new TableColumn("deviation").RightAligned());
        table.AddColumn(new TableColumn("95 % of the mean").RightAligned());
        foreach (SweepRow row in results.Rows)
        {
            SeedStatistics accuracy = row.Accuracy;
            table.AddRow(
            [
                .. row.Labels.Values.Select(label => Markup.Escape(label)), $"{accuracy.Count}", accuracy.Count == 0 ? "" : Percent(accuracy.Mean),
                accuracy.Deviation is double deviation ? Number(deviation) : "",
                accuracy.Low is double low ? $"{Number(low)} to {Number(accuracy.High!.Value)}" : "",
            ]);
        }

        AnsiConsole.Write(table);
        IReadOnlyList<PairedDifference> differences = results.Differences;
        int paired = differences.Count(one => one.Seeds.Count > 1);
        AnsiConsole.WriteLine(
            $"{paired} pairs of rows with two seeds or more differ in one axis; the 95 % interval of {differences.Count(one => one.LeavesZeroOut)} leaves zero out.");
    }

    /// <summary>A line: how many runs stand where.</summary>
    public static string Counts(IReadOnlyList<SweepStatus> statuses, TimeSpan? left = null) =>
        string.Join(", ", Enum.GetValues<SweepState>().Reverse().Select(state => (State: state, Count: statuses.Count(one => one.State == state)))
            .Where(one => one.Count > 0).Select(one => $"{one.Count} {one.State.ToString().ToLowerInvariant()}"))
        + $" of {statuses.Count} runs" + (left is TimeSpan time ? $"; about {SweepCommand.Clock(time)} left" : "");

    /// <summary>A table of some runs.</summary>
    public static Table Table(IEnumerable<SweepStatus> statuses)
    {
        var table = new Table().RoundedBorder();
        table.AddColumn(new TableColumn("#").RightAligned());
        table.AddColumn("run");
        table.AddColumn("state");
        table.AddColumn(new TableColumn("steps").RightAligned());
        table.AddColumn(new TableColumn("done").RightAligned());
        foreach (SweepStatus one in statuses)
        {
            string state = one.State.ToString().ToLowerInvariant() + (one.Failure is null ? "" : $": {one.Failure}");
            table.AddRow(
                $"{one.Point.Index}", Markup.Escape(one.Point.ToString()), Markup.Escape(state),
                string.Create(CultureInfo.InvariantCulture, $"{one.Steps:N0}{(one.Of is int total ? $" of {total:N0}" : "")}"),
                string.Create(CultureInfo.InvariantCulture, $"{100 * one.Done:0} %"));
        }

        return table;
    }

    private static string Percent(double value) => $"{Number(value)} %";

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
