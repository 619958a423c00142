using System.CommandLine;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Training;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss train</c>: trains one model and keeps everything about it in a run folder.</summary>
public static class TrainCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("train", "Train one model by a preset, by options, or by a preset changed by options.");
        var preset = new Option<string?>("--preset") { Description = "A row of a table of the paper, such as table2/mnist/r-lstm-truncate300." };
        var budget = new Option<string>("--budget")
        {
            Description = "How much of the preset: smoke (seconds), laptop (minutes, smaller images) or paper (the published setting).",
            DefaultValueFactory = _ => "laptop",
        };
        var output = new Option<string?>("--out") { Description = "The run folder; by default a new one below runs/." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run that --out holds." };
        command.Add(preset);
        command.Add(budget);
        command.Add(output);
        command.Add(resume);
        var machine = new MachineOptions(command);
        var options = new SpecOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            ExperimentSpec start = parsed.GetValue(preset) is string name
                ? Presets.Find(name, Presets.ParseBudget(parsed.GetValue(budget)!))
                : new ExperimentSpec();
            ExperimentSpec spec = options.Apply(start, parsed);
            SpecCheck.Throw(spec);
            string path = parsed.GetValue(output) ?? Path.Combine("runs", $"{spec.Dataset}-{DateTime.Now:yyyyMMdd-HHmmss}");
            return Task.FromResult(Run(spec, path, parsed.GetValue(resume), machine.Read(parsed), cancellation));
        });
        return command;
    }

    private static int Run(ExperimentSpec spec, string path, bool resume, Machine machine, CancellationToken cancellation)
    {
        DatasetSplits data = DatasetCatalog.Open(spec.DatasetRequest(), machine.Data);
        SpecCheck.Throw(spec, data.Train);
        RunFolder folder = RunFolder.Open(path, spec, resume);
        RemoveHalfWritten(folder);
        using var trainer = new Trainer(spec, data, folder, machine.Device);
        int done = resume ? trainer.Resume() : 0;
        folder.WriteEnvironment(RunEnvironment.Capture(spec.Seed, machine.Device, TimeProvider.System));

        AnsiConsole.WriteLine($"{spec.Dataset} with {trainer.Model.parameters().Sum(weight => weight.numel()):N0} weights, run folder {folder.Path}");
        RunSummary summary = TrainingDisplay.Run(trainer, done, cancellation);
        SummaryTable.Write(spec, summary, folder);
        return summary.Status == RunStatus.Finished ? ExitCodes.Done : ExitCodes.Interrupted;
    }

    /// <summary>Removes the temporary files that a killed process left behind.</summary>
    private static void RemoveHalfWritten(RunFolder folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*.tmp", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }
    }
}
