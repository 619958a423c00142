using System.CommandLine;
using AuxLossRnn.Notebooks.Publishing;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss notebook publish</c>: notebooks as pages to share.</summary>
public static class NotebookPublishCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "publish",
            "Make notebooks into pages that open from disk without a network, with an index, and put static pictures of their figures "
            + "into the notebooks. The pictures are drawn by Chromium, Chrome or Edge as installed here; without one the pages are written "
            + "all the same and the pictures stay as they were: the command says so and ends with 0.");
        var files = new Argument<string[]>("files") { Description = "The notebooks (.ipynb); * and ? may stand for parts of their names.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "The folder for the pages.", Required = true };
        var browser = new Option<string?>("--browser") { Description = "The browser's program, if it is not found by itself." };
        var keep = new Option<bool>("--keep-notebooks") { Description = "Leave the notebooks as they are: new pictures go into the pages alone." };
        command.Add(files);
        command.Add(output);
        command.Add(browser);
        command.Add(keep);
        command.SetAction(async (parsed, cancellation) =>
        {
            string? program = parsed.GetValue(browser) is string given ? UserPath.Expand(given) : null;
            if (program is not null && !File.Exists(program))
            {
                throw new UserException($"There is no browser {program}: --browser takes the path of Chromium, Chrome or Edge.");
            }

            IReadOnlyList<string> paths = Expand(parsed.GetValue(files)!);
            IReadOnlyList<string> written = await NotebookPublisher.PublishAsync(
                paths, UserPath.Expand(parsed.GetValue(output)!), () => InstalledBrowser.Load(program), parsed.GetValue(keep), Console.Error.WriteLine, cancellation);
            foreach (string path in written)
            {
                Console.WriteLine(path);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    // Not every shell does it.
    private static List<string> Expand(string[] patterns)
    {
        var paths = new List<string>();
        foreach (string pattern in patterns.Select(UserPath.Expand))
        {
            string name = Path.GetFileName(pattern);
            if (File.Exists(pattern) || name.IndexOfAny(['*', '?']) < 0)
            {
                paths.Add(pattern);
                continue;
            }

            string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } given ? given : ".";
            string[] found = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, name).Order(StringComparer.Ordinal)] : [];
            paths.AddRange(found.Length > 0 ? found : throw new UserException($"There is no file {pattern}."));
        }

        return [.. paths.DistinctBy(Path.GetFullPath)];
    }
}
