using System.Text.RegularExpressions;

namespace AuxLossRnn.Runtime;

/// <summary>Settings as messages name them: a library speaks of properties, a command line of its options.</summary>
/// <remarks>
/// A message is written once, with its settings in angle quotes: <c>Choose ‹Segment› between 1 and 9, or ‹Model=lstm›.</c>
/// <see cref="InCode"/> makes <c>Segment</c> and <c>Model = "lstm"</c> of them, the command <c>--segment</c> and <c>--model lstm</c>.
/// </remarks>
public static partial class SettingNames
{
    /// <summary>Names the settings of a message as code does.</summary>
    /// <param name="message">The message.</param>
    public static string InCode(string message) => Replace(message, (name, value) => value switch
    {
        null => name,
        "true" or "false" or "full" or "none" => $"{name} = {value}",
        _ => char.IsAsciiLetterLower(value[0]) ? $"{name} = \"{value}\"" : $"{name} = {value}",
    });

    /// <summary>Replaces the settings of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="say">What stands for a setting: its name, and its value or null.</param>
    public static string Replace(string message, Func<string, string?, string> say) => Marked().Replace(
        message, match => say(match.Groups["name"].Value, match.Groups["value"].Success ? match.Groups["value"].Value : null));

    [GeneratedRegex("‹(?<name>[A-Za-z]+)(=(?<value>[^‹›]+))?›")]
    private static partial Regex Marked();
}
