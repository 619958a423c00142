using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Completes directives and the files that they name.</summary>
internal static partial class DirectiveHelp
{
    /// <summary>What could stand at a place of a directive's line.</summary>
    /// <param name="line">The line up to the place.</param>
    /// <param name="position">The place in the cell.</param>
    /// <param name="folder">Where relative paths begin.</param>
    public static CompletionList Complete(string line, int position, string folder)
    {
        if (Name().Match(line) is { Success: true } name)
        {
            string typed = name.Groups["typed"].Value;
            return new CompletionList(
                [.. CellParts.Directives.Where(known => known.StartsWith(typed, StringComparison.Ordinal))], position - typed.Length, position);
        }

        if (FilePath().Match(line) is not { Success: true } file)
        {
            return new CompletionList([], position, position);
        }

        string[] endings = file.Groups["name"].Value switch
        {
            "#r" => [".dll"],
            "#load" => [".csx", ".cs"],
            _ => [".ipynb", ".csx", ".cs"],
        };
        string path = file.Groups["path"].Value;
        string above = path[..(path.LastIndexOf('/') + 1)];
        var there = new DirectoryInfo(Path.GetFullPath(above, folder));
        string[] found = [.. (there.Exists ? there.EnumerateFileSystemInfos() : [])
            .Where(entry => entry is DirectoryInfo || endings.Contains(entry.Extension))
            .Select(entry => above + entry.Name + (entry is DirectoryInfo ? "/" : ""))
            .Where(entry => entry.StartsWith(path, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        return new CompletionList(found, position - path.Length, position);
    }

    [GeneratedRegex(@"^\s*(?<typed>#!?[\w-]*)$")]
    private static partial Regex Name();

    [GeneratedRegex("""^\s*(?<name>#r|#load|#!import)\s+(?<quote>"?)(?<path>[^"]*)$""")]
    private static partial Regex FilePath();
}
