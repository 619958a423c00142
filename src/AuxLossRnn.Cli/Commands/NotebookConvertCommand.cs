using System.CommandLine;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss notebook convert</c>: notebooks as the plain text of .NET Interactive, and back.</summary>
public static class NotebookConvertCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("convert", "Write a notebook (.ipynb) as a script of .NET Interactive (.dib), or such a script as a notebook.");
        var file = new Argument<string>("file") { Description = "The notebook or script (.ipynb or .dib)." };
        var output = new Option<string?>("--out") { Description = "The file to write; by default beside it with the other ending, if none is there." };
        command.Add(file);
        command.Add(output);
        command.SetAction(parsed =>
        {
            string path = UserPath.Expand(parsed.GetValue(file)!);
            NotebookDocument notebook = NotebookDocument.Read(path);
            string other = Path.ChangeExtension(path, DibFile.Is(path) ? ".ipynb" : DibFile.Extension);
            if (parsed.GetValue(output) is null && File.Exists(other))
            {
                throw new UserException($"{other} is there already. Name a file with --out; to replace this one, name it.");
            }

            string target = OutputFile.Require(NotebookFile.Require(parsed.GetValue(output) ?? other), makeFolder: true)!;
            notebook.Write(target);
            if (DibFile.Is(target) && DibFile.Lost(notebook) is { Count: > 0 } lost)
            {
                Console.Error.WriteLine($"{target} holds the cells' text and languages, not the notebook's {string.Join(", ", lost)}.");
            }

            Console.WriteLine(target);
            return ExitCodes.Done;
        });
        return command;
    }
}
