using System.CommandLine;
using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss sweep</c>: many runs that differ in a few settings, planned, trained, watched and collected.</summary>
public static class SweepCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new("sweep", "Train many runs that differ in a few settings, with several seeds each, and compare them.")
        {
            Plan(),
            SweepRunCommand.Create(),
            Status(),
            Collect(),
        };

    /// <summary>The sweep's file, which every subcommand takes.</summary>
    internal static Argument<string> File() => new("FILE") { Description = "The sweep's file, such as data/studies/reach.yaml." };

    /// <summary>The threads of each run.</summary>
    internal static Option<int> Threads() => new("--threads") { Description = "Threads of a run.", DefaultValueFactory = _ => 1 };

    /// <summary>Hours, minutes and seconds.</summary>
    internal static string Clock(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}");

    private static Command Plan()
    {
        var command = new Command("plan", "Print each run with its command and a guess of its time from measured steps; train nothing.");
        Argument<string> file = File();
        command.Add(file);
        Option<int> threads = Threads();
        Option<string?> data = MachineOptions.Data();
        command.Add(threads);
        command.Add(data);
        command.SetAction(parsed =>
        {
            Sweep sweep = SweepFile.Read(parsed.GetValue(file)!);
            TorchThreads.Use(parsed.GetValue(threads));
            IReadOnlyList<PlannedRun> runs = sweep.Plan(DataRoot.Resolve(parsed.GetValue(data)));
            foreach (PlannedRun run in runs)
            {
                string time = run.Finished ? "finished" : run.Seconds is double seconds ? $"about {Clock(TimeSpan.FromSeconds(seconds))}" : $"time unknown: {run.Problem}";
                Console.WriteLine($"# {run.Point.Index}: {run.Point}: {time}");
                Console.WriteLine(run.Command); // to be copied: not broken at the terminal's width
            }

            PlannedRun[] left = [.. runs.Where(run => !run.Finished)];
            int points = sweep.Points.Count;
            AnsiConsole.WriteLine(
                $"{sweep.Name}: {points} points{(runs.Count < points ? $", {points - runs.Count} of them the same training as another" : "")}; {runs.Count - left.Length} finished, {left.Length} to train"
                + (left.Length > 0 && left.All(run => run.Seconds is not null) ? $", about {Clock(TimeSpan.FromSeconds(left.Sum(run => run.Seconds!.Value)))} one after the other with these threads" : "") + ".");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Show where each run stands, from any machine that sees the run folders.");
        Argument<string> file = File();
        command.Add(file);
        command.SetAction(parsed =>
        {
            Sweep sweep = SweepFile.Read(parsed.GetValue(file)!);
            SweepDisplay.Write(AnsiConsole.Console, sweep, sweep.Status());
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Collect()
    {
        var command = new Command(
            "collect",
            "Write what has ended beside the sweep's file: the runs (.jsonl), mean and spread over seeds (.csv) and the differences of paired seeds with 95 % intervals (-differences.csv).");
        Argument<string> file = File();
        command.Add(file);
        command.SetAction(parsed =>
        {
            SweepResults results = SweepFile.Read(parsed.GetValue(file)!).Collect();
            SweepDisplay.Write(AnsiConsole.Console, results);
            foreach (string path in results.Write())
            {
                Console.WriteLine($"wrote {path}"); // not broken at the terminal's width
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
