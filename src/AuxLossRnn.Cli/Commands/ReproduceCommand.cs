using System.CommandLine;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss reproduce</c>: trains a committed result's config again and compares.</summary>
public static class ReproduceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("reproduce", "Train a committed result's exact config again, and say whether it came out within its spread.");
        var name = new Argument<string>("NAME") { Description = "A file of data/results without its ending, or a study and a number of its plan, such as reach/5." };
        var committed = new Option<string?>("--committed") { Description = "The folder that holds results and studies; by default data of the repository." };
        var output = new Option<string?>("--out") { Description = "The run folder; by default one below runs/. A run that was begun there goes on." };
        command.Add(name);
        command.Add(committed);
        command.Add(output);
        var machine = new MachineOptions(command);
        command.SetAction((parsed, cancellation) =>
        {
            Reproduction wanted = Reproduction.Find(parsed.GetValue(name)!, parsed.GetValue(committed) is string folder ? UserPath.Expand(folder) : Data());
            string path = parsed.GetValue(output) ?? Path.Combine("runs", $"reproduce-{wanted.Name.Replace('/', '-')}");
            var environment = wanted.Committed.Environment;
            AnsiConsole.WriteLine(
                $"{wanted.Name}: {wanted.Committed.Summary.Steps:N0} steps took {wanted.Committed.Summary.WallSeconds:N0} s on {environment.Processor}, {environment.Threads} threads"
                + $"{(environment.Instructions is string instructions ? $", {instructions}" : "")}, at commit {environment.Commit}.");
            int examples = 0;
            int code = TrainCommand.Run(
                wanted.Committed.Config, null, path, resume: true, machine.Read(parsed), [], null, null, cancellation, trainer => examples = trainer.Dataset.Test.Count);
            if (code != ExitCodes.Done)
            {
                return Task.FromResult(code);
            }

            (bool within, string sentence) = wanted.Compare(MeasuredResult.Read(path), examples);
            AnsiConsole.WriteLine(sentence);
            return Task.FromResult(within ? ExitCodes.Done : ExitCodes.Failed);
        });
        return command;
    }

    private static string Data() => DataRoot.RepositoryRoot(Environment.CurrentDirectory) is string root
        ? Path.Combine(root, "data")
        : throw new UserException("The committed results lie in the repository's folder data: run this within it, or give the folder with --committed.");
}
