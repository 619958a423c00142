using System.Text.RegularExpressions;

namespace AuxLossRnn.Runtime;

/// <summary>Paths as people write them.</summary>
/// <remarks>
/// A shell puts the home folder in the place of <c>~</c> only where that begins a word and is not quoted: <c>--out=~/runs</c> comes as it was typed, and so
/// does what stands in code, in a file or in a variable of the environment.
/// </remarks>
public static partial class UserPath
{
    /// <summary>The path with the home folder in the place of a <c>~</c> at its start.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="UserException">It begins with another user's home folder or with a variable, of which a folder of that name would be made.</exception>
    public static string Expand(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || (OperatingSystem.IsWindows() && path.StartsWith("~\\", StringComparison.Ordinal)))
        {
            return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        }

        return ShellsWord().Match(path) is { Success: true } word
            ? throw new UserException($"The path {path} begins with {word.Value}, which stands for a folder in a shell alone. Write the folder itself, or ~/ for your home folder.")
            : path;
    }

    /// <summary>The full path, expanded.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="UserException">As above.</exception>
    public static string Full(string path) => Path.GetFullPath(Expand(path));

    [GeneratedRegex(@"^(~[^/\\]+(?=[/\\])|\$(\w+|\{\w+\})(?=[/\\]|$)|%\w+%(?=[/\\]|$))")]
    private static partial Regex ShellsWord();
}
