using System.CommandLine;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss data inspect</c>: what a file of one's own sequences holds.</summary>
internal static class DataInspectCommand
{
    private const int MostStrips = 50;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A .ts, .arff, .tsv, .npy, .npz or CSV file." };
        var output = new Option<string?>("--out") { Description = "A PNG file for a picture of the first sequence of each class.", HelpName = "FILE" };
        var options = new DataFileOptions();
        var command = new Command("inspect", "Say what a file of sequences of your own is taken for, and what it holds.") { file, output };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            string? picture = OutputFile.Require(parsed.GetValue(output));
            if (picture?.EndsWith(".png", StringComparison.OrdinalIgnoreCase) == false)
            {
                throw new UserException($"--out is {picture}, but the picture is a PNG: name a file that ends in .png.");
            }

            string path = parsed.GetValue(file)!;
            OwnSequences own = OwnSequences.Open(path, options.Read(parsed), new ReadingDisplay(), cancellation);
            Console.WriteLine(SurveyText.Of(Path.GetFileName(path), own));
            if (picture is not null)
            {
                IReadOnlyList<int> shown = SurveyText.Shown(own, MostStrips);
                SequenceSheet.WritePng(own, shown, picture);
                Console.WriteLine($"{picture}: {(shown.Count == 1 ? "a strip" : $"{shown.Count} strips, a class each in this order")}");
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
