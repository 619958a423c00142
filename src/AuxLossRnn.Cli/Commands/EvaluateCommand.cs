using System.CommandLine;
using System.Text.Json;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss evaluate RUN</c>: measures the weights of a run again.</summary>
public static class EvaluateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("evaluate", "Measure the weights that a run kept on its validation and test sets.");
        var run = new Argument<string>("RUN") { Description = "The run folder." };
        var weights = new Option<string>("--weights")
        {
            Description = "last, or best for those that were best on validation; where nothing is held out, on the test set.",
            DefaultValueFactory = _ => "last",
        };
        weights.AcceptOnlyFromAmong("last", "best");
        command.Add(run);
        command.Add(weights);
        var result = new Option<string?>("--result") { Description = "Also write the run's config, summary, machine and test curve to this small JSON file." };
        command.Add(result);
        // Files of own sequences that lie elsewhere by now.
        var files = new SpecOptions(command, property => property.Name is nameof(SequenceFiles.DataFile) or nameof(SequenceFiles.TestFile) or nameof(SequenceFiles.Unlabelled));
        var machine = new MachineOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            string? path = OutputFile.Require(parsed.GetValue(result));
            Run(parsed.GetValue(run)!, spec => files.Apply(spec, parsed), parsed.GetValue(weights) == "best", machine.Read(parsed), cancellation);
            if (path is not null)
            {
                AtomicFile.WriteText(path, JsonSerializer.Serialize(MeasuredResult.Read(parsed.GetValue(run)!), KitJson.Indented));
                AnsiConsole.WriteLine($"written: {path}");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Run(string path, Func<ExperimentSpec, ExperimentSpec> moved, bool best, Machine machine, CancellationToken cancellation)
    {
        (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(path, check: true);
        spec = moved(spec);
        spec = spec with { Files = spec.Files?.In(Environment.CurrentDirectory) };
        OwnData.Refuse(folder, spec);
        DatasetSplits data = DatasetCatalog.Open(spec.DatasetRequest(), machine.Data, new PreparationDisplay(), new ReadingDisplay(), cancellation);
        folder.RefuseOtherData(data.Train.Format);

        // Weights are float32 at any precision: they can be evaluated where the precision they were trained in does not exist.
        Precision precision = Precisions.ObstacleTo(spec.Precision, machine.Device) is null ? spec.Precision : Precision.Float32;
        using var trainer = new Trainer(spec with { Precision = precision }, data, null, machine.Device);
        Dictionary<string, string> known = WeightsFile.Load(folder.WeightsPath(best), trainer.Model);

        // An earlier version did not say what the best were chosen on, but chose them alike.
        bool onTest = known.TryGetValue(RunFolder.ChosenOnKey, out string? chosen) ? chosen == "test" : data.Validation.Count == 0;
        string which = !best ? "last" : onTest ? "best on test (optimistic: nothing is held out)" : "best on validation";
        AnsiConsole.WriteLine($"{folder.Path}: {which} weights, step {known.GetValueOrDefault(WeightsFile.StepKey, "unknown")}");
        foreach ((string name, SequenceDataset split) in new[] { ("validation", data.Validation), ("test", data.Test) })
        {
            if (split.Count > 0)
            {
                (double accuracy, double loss, ClassMeasures? measures) = Evaluator.Measure(trainer.Model, split, machine.Device, cancellation);
                AnsiConsole.WriteLine(FormattableString.Invariant(
                    $"{name,-10}  {split.Count,6} examples  accuracy {100 * accuracy:0.00} %  loss {loss:0.0000}"));
                if (measures is not null)
                {
                    MeasuresTable.Write(measures);
                }
            }
        }
    }
}
