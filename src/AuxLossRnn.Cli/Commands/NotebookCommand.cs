using System.CommandLine;
using System.Globalization;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss notebook</c>: runs notebooks without a notebook program, and shares them.</summary>
public static class NotebookCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("notebook", "Run notebooks and share them.")
        {
            CreateRun(),
            NotebookPublishCommand.Create(),
            NotebookConvertCommand.Create(),
        };
        return command;
    }

    private static Command CreateRun()
    {
        var command = new Command("run", "Run a notebook's cells from the top and keep what they show in the file.");
        var file = new Argument<string>("file") { Description = "The notebook (.ipynb, or .dib with --out)." };
        var parameters = new Option<string[]>("--parameter", "-p") { Description = "A value for a parameter, as name=value; may be given again." };
        var budget = new Option<string?>("--budget") { Description = "smoke, laptop, overnight or paper: short for -p budget=…" };
        var output = new Option<string?>("--out") { Description = "Where to write the notebook with its outputs; by default in its place." };
        var timeout = new Option<double?>("--timeout") { Description = "Seconds that the whole notebook may take." };
        command.Add(file);
        command.Add(parameters);
        command.Add(budget);
        command.Add(output);
        command.Add(timeout);
        command.SetAction(async (parsed, cancellation) =>
        {
            string path = UserPath.Expand(parsed.GetValue(file)!);
            Dictionary<string, string> values = Values(parsed.GetValue(parameters) ?? [], parsed.GetValue(budget));
            TimeSpan? limit = parsed.GetValue(timeout) is not double seconds ? null
                : seconds is > 0 and < 1e6 ? TimeSpan.FromSeconds(seconds)
                : throw new UserException("--timeout is a number of seconds, more than 0 and less than a million.");
            NotebookDocument notebook = NotebookDocument.Read(path);
            if (notebook.OtherLanguage is string language)
            {
                throw new UserException($"{path} says that its cells are {language}, but this command runs C#. Run it with Jupyter, or choose the kernel .net-csharp there.");
            }

            string? kept = parsed.GetValue(output);
            if (DibFile.Is(kept ?? path))
            {
                throw new UserException($"{kept ?? path} is a script of .NET Interactive, which holds no outputs. Name a notebook for them, such as --out {Path.GetFileNameWithoutExtension(path)}.ipynb.");
            }

            NotebookParameters.Inject(notebook, values);
            // Now, as a cell may change the working directory, and nobody wants to hear at the end that there is no such place.
            string target = OutputFile.Require(NotebookFile.Require(kept ?? path), makeFolder: true)!;
            return await RunAsync(notebook, path, target, limit, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        NotebookDocument notebook, string path, string target, TimeSpan? limit, CancellationToken cancellation)
    {
        // A session takes the console: what shows the run has it from before. Cells may use Spectre's own at the same time.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        var display = new NotebookDisplay(console, TimeProvider.System);
        _ = console.Profile.Width; // the runtime opens the terminal when it is first asked for this, and asks it again from then on
        RefusedInput.Install();
        HiddenTerminal.Install();
        NotebookResult result;
        try
        {
            result = await display.ShowAsync(() => NotebookRunner.RunAsync(
                notebook, Path.GetDirectoryName(Path.GetFullPath(path))!, limit, display, text => Keep(target, text), Ending, cancellation));
        }
        finally
        {
            notebook.Write(target);
        }

        return Tell(result, path, limit);

        void Ending(NotebookResult ended)
        {
            // Also where the cell said that all was well.
            Environment.ExitCode = Tell(ended, path, limit);
            notebook.Write(target);
        }
    }

    private static int Tell(NotebookResult result, string path, TimeSpan? limit)
    {
        if (result.Failure is not CellFailure failure)
        {
            return ExitCodes.Done;
        }

        string reason = result.Status switch
        {
            NotebookStatus.TimedOut => $"was stopped: the notebook's {limit!.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds were over",
            NotebookStatus.Cancelled => "was interrupted",
            _ => $"failed: {(failure.Error.Name == nameof(UserException) ? "" : $"{failure.Error.Name}: ")}{failure.Error.Message}", // the kit's own errors are for readers as they are
        };
        string place = failure.SourceLine is null ? "" : $"\n  line {failure.Error.Line}: {failure.SourceLine}";
        Console.Error.WriteLine($"Cell [{failure.Number}] of {path} {reason}{place}");
        return result.Status == NotebookStatus.Cancelled ? ExitCodes.Interrupted : ExitCodes.Failed;
    }

    private static Dictionary<string, string> Values(string[] pairs, string? budget)
    {
        var values = new Dictionary<string, string>();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            values[equals > 0 ? pair[..equals] : throw new UserException($"-p {pair} is no name=value.")] = pair[(equals + 1)..];
        }

        if (budget is not null)
        {
            Experiments.Presets.ParseBudget(budget);
            values["budget"] = budget;
        }

        return values;
    }

    // After each cell: what hours of work have shown stays, also if the process is killed.
    private static void Keep(string target, string text)
    {
        try
        {
            AtomicFile.WriteText(target, text);
        }
        catch (IOException problem)
        {
            // There is time to make room until the end of the run.
            Console.Error.WriteLine($"What the cells have shown so far could not be kept; the run goes on. {problem.Message}");
        }
    }
}
