using System.CommandLine;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Experiments.TensorBoard;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
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
            Description = "How much of the preset: smoke (seconds), laptop (minutes, smaller images), overnight (hours, the same images) or paper (the published setting).",
            DefaultValueFactory = _ => "laptop",
        };
        var output = new Option<string?>("--out") { Description = "The run folder; by default a new one below runs/." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run that --out holds." };
        var profile = new Option<bool>("--profile") { Description = "Measure where the steps' time goes: printed at the end, and profile.json." };
        var board = new Option<bool>("--tensorboard") { Description = "Also write the losses, accuracies and a reconstruction to event files in the run folder, for TensorBoard." };
        command.Add(preset);
        command.Add(budget);
        command.Add(output);
        command.Add(resume);
        command.Add(profile);
        command.Add(board);
        var machine = new MachineOptions(command);
        var options = new SpecOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            string? path = parsed.GetValue(output);
            bool resumes = parsed.GetValue(resume);
            if (resumes && path is null)
            {
                throw new UserException("--resume needs the run folder to go on with: give it with --out.");
            }

            // A resumed run has its spec already; options need not be given again.
            string? name = parsed.GetValue(preset);
            bool goesOn = resumes && RunFolder.Exists(path!);
            ExperimentSpec? given = options.Read(parsed);
            if (name is null && !goesOn && given is null)
            {
                throw new UserException(
                    $"{(resumes ? $"{path} holds no run to go on with" : "There is nothing said of what to train")}. Name a row of the paper with --preset, or "
                    + "a --dataset and a --model, or sequences of your own with --data-file; `auxloss quickstart` shows a training of two minutes.");
            }

            if (name is null && parsed.GetResult(budget) is { Implicit: false })
            {
                throw new UserException("--budget scales a preset: name one with --preset. Without one, --steps and --epochs say how long to train.");
            }

            (RunFolder Folder, ExperimentSpec Spec)? begun = goesOn ? RunFolder.Read(path!, check: true) : null;
            ExperimentSpec start = name is not null ? Presets.Find(name, Presets.ParseBudget(parsed.GetValue(budget)!))
                : begun?.Spec ?? given!;
            if (begun is { } run)
            {
                OwnData.Refuse(run.Folder, run.Spec);
            }

            ExperimentSpec spec = options.Apply(start, parsed);
            spec = spec with { Files = spec.Files?.In(Environment.CurrentDirectory) };
            SpecCheck.Throw(spec);
            Machine where = machine.Read(parsed);
            DatasetSplits data = Open(spec, where, cancellation);
            if (spec.Files is not null && !goesOn && name is null)
            {
                spec = WithRecipe(spec, options.Given(parsed), data);
            }

            path ??= Path.Combine("runs", $"{spec.Dataset}-{DateTime.Now:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..8]}"); // of many in one second, each its own
            StepProfile? measure = parsed.GetValue(profile) ? new StepProfile() : null;
            string? published = name is not null ? PublishedNumber.Sentence(name, start, spec) : null;
            return Task.FromResult(Run(spec, data, path, resumes, where, options.WithoutEffect(spec, parsed), published, measure, cancellation, board: parsed.GetValue(board)));
        });
        return command;
    }

    /// <summary>Opens what is trained on.</summary>
    internal static DatasetSplits Open(ExperimentSpec spec, Machine machine, CancellationToken cancellation)
    {
        Precisions.Require(spec.Precision, machine.Device);
        return DatasetCatalog.Open(spec.DatasetRequest(), machine.Data, new PreparationDisplay(), new ReadingDisplay(), cancellation);
    }

    private static ExperimentSpec WithRecipe(ExperimentSpec spec, IReadOnlyCollection<string> given, DatasetSplits data)
    {
        ExperimentSpec complete = OwnRecipe.Complete(spec, given, data);
        AnsiConsole.WriteLine($"{data.Train.Format}");
        if (SpecTable.Differences(complete, spec) is { Count: > 0 } set)
        {
            string options = string.Join(' ', set.Select(one => typeof(ExperimentSpec).GetProperty(one.Name)!)
                .Select(property => $"{SpecValues.OptionOf(property)} {SpecValues.TextOf(complete, property)}"));
            AnsiConsole.WriteLine($"Not given, and so as the kit's studies have it, in proportion to these sequences: {options}");
        }

        return complete;
    }

    /// <summary>Trains and shows what happens.</summary>
    internal static int Run(
        ExperimentSpec spec, DatasetSplits? opened, string path, bool resume, Machine machine, IReadOnlyList<string> withoutEffect, string? published,
        StepProfile? profile, CancellationToken cancellation, Action<Trainer>? begins = null, bool board = false)
    {
        DatasetSplits data = opened ?? Open(spec, machine, cancellation);
        SpecCheck.Throw(spec, data.Train);
        RunFolder folder = RunFolder.Open(path, spec, resume);
        using var trainer = new Trainer(spec, data, folder, machine.Device)
        {
            Profile = profile,
        };
        int done = resume ? trainer.Resume() : 0;
        using TensorBoardLog? log = board ? new TensorBoardLog(trainer, folder.Path) : null;
        begins?.Invoke(trainer);

        AnsiConsole.WriteLine($"{spec.Dataset} with {trainer.Model.parameters().Sum(weight => weight.numel()):N0} weights, run folder {folder.Path}");
        if (folder.BeginsAgain)
        {
            AnsiConsole.WriteLine($"There is no checkpoint to go on from: the run begins again at step 0. What it wrote before stays beside {Path.GetFileName(folder.MetricsPath)}, as metrics-1.jsonl or with the next number.");
        }

        if (withoutEffect.Count > 0)
        {
            AnsiConsole.WriteLine($"Without effect, because they mean nothing to --model {spec.Model}: {string.Join(", ", withoutEffect)}.");
        }

        if (LopsidedClasses.Warning(data.Train) is string lopsided)
        {
            AnsiConsole.WriteLine(OptionNames.In(lopsided));
        }

        if (spec.HasAuxiliaryLoss && trainer.Schedule.PretrainingSteps >= trainer.Schedule.TotalSteps)
        {
            AnsiConsole.WriteLine("All steps are pretraining: the auxiliary loss alone is trained, no class is. A smaller --pretrain-epochs leaves steps for both.");
        }

        RunSummary summary;
        try
        {
            summary = TrainingDisplay.Run(trainer, done, cancellation);
        }
        catch (IOException failure)
        {
            throw new IOException($"{CommandRunner.InWords(failure)} The run goes on from its last checkpoint with --resume.", failure);
        }

        SummaryTable.Write(spec, summary, folder, published);
        if (profile?.Report() is StepProfileReport report)
        {
            folder.WriteProfile(report);
            ProfileTable.Write(report);
        }

        return summary.Status == RunStatus.Finished ? ExitCodes.Done : ExitCodes.Interrupted;
    }
}
