using System.CommandLine;
using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss quickstart</c>: what an auxiliary loss does, in minutes and with no file.</summary>
public static class QuickstartCommand
{
    private const int RefreshMilliseconds = 200;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "quickstart", "Train a truncated LSTM and the same LSTM with an auxiliary loss on drawn digits, side by side.");
        var budget = new Option<string>("--budget")
        {
            Description = "laptop (about three minutes on two cores) or smoke (seconds: that it runs, not what it finds).",
            DefaultValueFactory = _ => "laptop",
        };
        budget.AcceptOnlyFromAmong("laptop", "smoke");
        var seed = new Option<long>("--seed") { Description = "The seed of both runs.", DefaultValueFactory = _ => 1 };
        command.Add(budget);
        command.Add(seed);
        command.SetAction((parsed, cancellation) => Task.FromResult(
            Run(Presets.ParseBudget(parsed.GetValue(budget)!), parsed.GetValue(seed), cancellation)));
        return command;
    }

    private static int Run(Budget budget, long seed, CancellationToken cancellation)
    {
        // Two small models at once, one thread each: neither is large enough to keep two threads busy alone.
        TorchThreads.Use(1);
        ExperimentSpec withAuxiliaryLoss = Presets.Quickstart(budget) with { Seed = seed };
        ExperimentSpec without = withAuxiliaryLoss with
        {
            // The same number of steps; those of pretraining become supervised ones.
            Model = ModelName.Lstm,
            Epochs = withAuxiliaryLoss.PretrainEpochs + withAuxiliaryLoss.Epochs,
        };
        DatasetSplits data = DatasetCatalog.Open(withAuxiliaryLoss.DatasetRequest(), DataRoot.Resolve(null), cancel: cancellation);
        using var plain = new QuickstartRun("LSTM", 'o', without, data);
        using var auxiliary = new QuickstartRun("r-LSTM", '*', withAuxiliaryLoss, data);
        QuickstartRun[] runs = [plain, auxiliary];
        Explain(withAuxiliaryLoss, data, auxiliary.Trainer.Schedule);

        Watch(runs, cancellation);
        Report(runs, data);
        return runs.Any(run => run.Summary!.Status == RunStatus.Interrupted) ? ExitCodes.Interrupted : ExitCodes.Done;
    }

    private static void Explain(ExperimentSpec spec, DatasetSplits data, TrainingSchedule schedule)
    {
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            Drawn digits of {spec.Side}×{spec.Side} pixels are read one pixel a step, then {spec.Silence} blank steps:
            {data.Train.Steps} steps in all. Both LSTMs name the digit at the end, and backpropagate that
            loss through the last {spec.Truncation} steps only, where they see nothing but blank. The
            r-LSTM also reconstructs, from random anchors, random segments of {spec.Segment} steps
            that it read before: that alone for {schedule.PretrainingSteps:N0} steps, then both losses.
            Guessing gives 10 %.

            """));
    }

    private static void Watch(QuickstartRun[] runs, CancellationToken cancellation)
    {
        bool plainLines = Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive;
        if (plainLines)
        {
            foreach (QuickstartRun run in runs)
            {
                run.Evaluated = line => { lock (runs) { AnsiConsole.WriteLine(line); } };
            }
        }

        Task all = Task.WhenAll(runs.Select(run => Task.Factory.StartNew(
            () => run.Train(cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        if (!plainLines)
        {
            ShowBars(runs, all);
        }

        // Throws what a run threw, as it was thrown.
        all.GetAwaiter().GetResult();
    }

    private static void ShowBars(QuickstartRun[] runs, Task all) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(progress =>
            {
                ProgressTask[] bars = [.. runs.Select(run => progress.AddTask(run.Name, maxValue: run.Trainer.Schedule.TotalSteps))];
                do
                {
                    for (int i = 0; i < runs.Length; i++)
                    {
                        bars[i].Value = runs[i].Step;
                        bars[i].Description = runs[i].Describe();
                    }
                }
                while (!((IAsyncResult)all).AsyncWaitHandle.WaitOne(RefreshMilliseconds));
            });

    private static void Report(QuickstartRun[] runs, DatasetSplits data)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine("test accuracy");
        AnsiConsole.WriteLine(CurvePlot.Render([.. runs.Select(run => (run.Name, run.Mark, run.Curve))]));
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("model", "steps", "weights", "seconds", "last step", "best on validation", "best on test");
        foreach (QuickstartRun run in runs)
        {
            RunSummary summary = run.Summary!;
            table.AddRow(
                run.Name, summary.Steps.ToString("N0", CultureInfo.InvariantCulture),
                summary.Parameters.ToString("N0", CultureInfo.InvariantCulture),
                summary.WallSeconds.ToString("0", CultureInfo.InvariantCulture),
                Percent(summary.LastTest), Percent(summary.BestOnValidation), Percent(summary.BestOnTest));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Test accuracy on {data.Test.Count:N0} drawn digits, one seed ({runs[0].Trainer.Spec.Seed})."));
    }

    private static string Percent(double? part) =>
        part is double value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
