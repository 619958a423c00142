using System.Reflection;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>The library's messages in the words of the command line.</summary>
internal static class OptionNames
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

    /// <summary>Names options where the library names settings.</summary>
    /// <param name="template">The message with its settings in angle quotes.</param>
    public static string In(string template) => SettingNames.Replace(template, (name, value) =>
        Others.TryGetValue(name, out string? option) ? option
        : SpecValues.Properties.FirstOrDefault(one => one.Name == name) is not PropertyInfo property ? name
        : value is null ? SpecValues.OptionOf(property)
        : $"{SpecValues.OptionOf(property)} {SpecValues.Typed(property.PropertyType, value)}");
}
