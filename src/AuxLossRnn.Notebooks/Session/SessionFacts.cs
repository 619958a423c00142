using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>What a session tells of itself.</summary>
internal static class SessionFacts
{
    private const int MostCharacters = 80;

    /// <summary>Which program runs the cells.</summary>
    public static string About { get; } =
        $"AuxLossRnn {typeof(SessionFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}: "
        + $"C# cells on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}";

    /// <summary>The variables by name, each as its last declaration has it.</summary>
    public static IEnumerable<Row> Variables(IEnumerable<CellVariable> all) => all
        .GroupBy(variable => variable.Name)
        .Select(same => same.Last())
        .OrderBy(variable => variable.Name, StringComparer.Ordinal)
        .Select(variable => new Row(variable.Name, variable.Type.ToDisplayString(PlainTextFormatter.MimeType), Short(variable.Value)));

    private static string Short(object? value)
    {
        string text = ValueFormats.Of(value).Formats[ValueFormats.Plain].Split('\n')[0];
        return text.Length <= MostCharacters ? text : text[..(MostCharacters - 1)] + "…";
    }

    /// <summary>A variable as it is listed.</summary>
    internal sealed record Row(string Name, string Type, string Value);
}
