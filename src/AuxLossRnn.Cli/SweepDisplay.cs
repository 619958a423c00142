using System.Globalization;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Experiments.Sweeps;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AuxLossRnn.Cli;

/// <summary>Shows a sweep as tables.</summary>
internal static class SweepDisplay
{
    /// <summary>Where each run stands.</summary>
    public static void Write(IAnsiConsole console, Sweep sweep, IReadOnlyList<SweepStatus> statuses)
    {
        console.Write(Table(sweep, statuses));
        foreach (SweepStatus one in statuses.Where(one => one.Failure is not null))
        {
            console.WriteLine($"{one.Point.Index}: {one.Failure}");
        }

        console.WriteLine(Counts(statuses));
    }

    /// <summary>What the rows came to, and which differences are none.</summary>
    public static void Write(IAnsiConsole console, SweepResults results)
    {
        var table = new Table().RoundedBorder();
        SweepAxis[] axes = Telling(results.Sweep);
        foreach (SweepAxis axis in axes)
        {
            table.AddColumn(Markup.Escape(axis.Name));
        }

        foreach (string name in new[] { "n", "accuracy", "s.d.", "95 % interval" })
        {
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        }

        foreach (SweepRow row in results.Rows)
        {
            SeedStatistics accuracy = row.Accuracy;
            table.AddRow(
            [
                .. axes.Select(axis => Markup.Escape(row.Labels[axis.Name])), $"{accuracy.Count}", accuracy.Count == 0 ? "" : $"{Number(accuracy.Mean)} %",
                accuracy.Deviation is double deviation ? Number(deviation) : "",
                accuracy.Low is double low ? $"{Number(low)} to {Number(accuracy.High!.Value)}" : "",
            ]);
        }

        console.Write(table);
        PairedDifference[] paired = [.. results.Differences.Where(one => one.Seeds.Count > 1)];
        console.WriteLine(
            $"Pairs of rows that differ in one axis, with two seeds or more: {paired.Length}, of which {paired.Count(one => one.LeavesZeroOut)} have a 95 % interval that leaves zero out.");
    }

    /// <summary>A line: how many runs stand where.</summary>
    public static string Counts(IReadOnlyList<SweepStatus> statuses, TimeSpan? left = null) =>
        string.Join(", ", Enum.GetValues<SweepState>().Reverse().Select(state => (State: state, Count: statuses.Count(one => one.State == state)))
            .Where(one => one.Count > 0).Select(one => $"{one.Count} {one.State.ToString().ToLowerInvariant()}"))
        + $" of {statuses.Count} run{(statuses.Count == 1 ? "" : "s")}" + (left > TimeSpan.Zero ? $"; about {SweepCommand.Clock(left.Value)} left" : "");

    /// <summary>What is being trained, and how much is left.</summary>
    public static IRenderable Running(Sweep sweep, IReadOnlyList<SweepStatus> statuses, TimeSpan? left)
    {
        SweepStatus[] running = [.. statuses.Where(one => one.State == SweepState.Running)];
        var counts = new Text(Counts(statuses, left));
        return running.Length > 0 ? new Rows(Table(sweep, running), counts) : counts;
    }

    private static Table Table(Sweep sweep, IReadOnlyList<SweepStatus> statuses)
    {
        var table = new Table().RoundedBorder();
        table.AddColumn(new TableColumn("#").RightAligned().NoWrap());
        table.AddColumn("run");
        table.AddColumn(new TableColumn("state").NoWrap());
        table.AddColumn(new TableColumn("steps").RightAligned().NoWrap());
        SweepAxis[] axes = Telling(sweep);
        foreach (SweepStatus one in statuses)
        {
            string run = string.Join(", ", [.. axes.Select(axis => $"{axis.Name} {one.Point.Labels[axis.Name]}"), $"seed {one.Point.Spec.Seed}"]);
            table.AddRow(
                $"{one.Point.Index}", Markup.Escape(run), one.State.ToString().ToLowerInvariant(),
                string.Create(CultureInfo.InvariantCulture, $"{one.Steps:N0}{(one.Of is int total ? $" of {total:N0}" : "")}"));
        }

        return table;
    }

    /// <summary>Axes of more than one value: another one tells no run from another.</summary>
    private static SweepAxis[] Telling(Sweep sweep) => [.. sweep.Axes.Where(axis => axis.Values.Count > 1)];

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
