using System.CommandLine;
using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss predict RUN FILE</c>: classifies the sequences of a file.</summary>
public static class PredictCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run folder, of a run on sequences of your own." };
        var file = new Argument<string>("FILE") { Description = "The sequences to classify, in a file of any form that --data-file takes. Its classes, if it has any, are not looked at." };
        var output = new Option<string?>("--out") { Description = "The table to write (CSV): a line a sequence, with its class and the probability of each class.", HelpName = "FILE" };
        var weights = new Option<string>("--weights") { Description = "best on validation (where nothing is held out, on the test set), or last.", DefaultValueFactory = _ => "best" };
        weights.AcceptOnlyFromAmong("last", "best");
        var command = new Command("predict", "Classify the sequences of a file with the weights that a run kept.") { run, file, output, weights };
        var options = new DataFileOptions(command);
        var machine = new MachineOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            string? path = OutputFile.Require(parsed.GetValue(output));
            if (path is not null && (path == UserPath.Full(parsed.GetValue(file)!) || path.StartsWith(UserPath.Full(parsed.GetValue(run)!) + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                throw new UserException($"--out is {path}, which is read here: name another file, outside of the run folder.");
            }

            Machine where = machine.Read(parsed);
            using var predictor = Predictor.Open(parsed.GetValue(run)!, parsed.GetValue(weights) == "best", where.Device);
            (_, ExperimentSpec spec) = RunFolder.Read(parsed.GetValue(run)!);
            OwnSequences sequences = OwnFiles.OpenUnlabelled(
                parsed.GetValue(file)!, options.Files(parsed, spec.Files), options.MemoryBytes(parsed), new ReadingDisplay(), cancellation);
            Predictions predictions = predictor.Predict(sequences);
            AnsiConsole.WriteLine($"{sequences.Source}: {sequences.TakenFor}; {predictions.Classes.Count} sequences");
            foreach ((string name, int count) in predictions.Names.CountBy(name => name).OrderByDescending(one => one.Value))
            {
                AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8}  {name}"));
            }

            if (path is not null)
            {
                AtomicFile.WriteText(path, predictions.ToCsv());
                AnsiConsole.WriteLine($"written: {path}");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
