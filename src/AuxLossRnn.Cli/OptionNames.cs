using System.Reflection;
using System.Text.RegularExpressions;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>The library's messages in the words of the command line.</summary>
internal static partial class OptionNames
{
    // Settings of the library that are no properties of a spec.
    private static readonly Dictionary<string, string> Others = new()
    {
        ["path"] = "--out",
        ["resume"] = "--resume",
        ["budget"] = "--budget",
        ["DataRoot"] = "--data",
        ["best"] = "--weights last",
    };

    // Settings of how a file of sequences is read; these keep their values.
    private static readonly Dictionary<string, string> OfFiles = new()
    {
        ["Label"] = "--label",
        ["Array"] = "--array",
        ["Labels"] = "--labels",
        ["MemoryBytes"] = "--memory",
        ["lengthsDiffer"] = "--lengths-differ",
        ["channelsFirst"] = "--channels-first",
        ["header"] = "--header",
        ["separator"] = "--separator",
    };

    /// <summary>Names options where the library names settings.</summary>
    /// <param name="template">The message with its settings in angle quotes.</param>
    public static string In(string template) => SettingNames.Replace(Argument().Replace(template, "‹$1=$2›"), (name, value) =>
        OfFiles.TryGetValue(name, out string? ofFile) ? $"{ofFile} {value}".TrimEnd() :
        Others.TryGetValue(name, out string? option) ? option
        : SpecValues.Properties.FirstOrDefault(one => one.Name == name) is not PropertyInfo property ? name
        : value is null ? SpecValues.OptionOf(property)
        : $"{SpecValues.OptionOf(property)} {SpecValues.Typed(property.PropertyType, value)}");

    // Readers of files are told of arguments as C# has them: say lengthsDiffer: true.
    [GeneratedRegex(@"\b(lengthsDiffer|channelsFirst|header|separator): (true|false|'[^']+')")]
    private static partial Regex Argument();
}
