using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Specs;

/// <summary>What sets one spec apart from another, as rows.</summary>
public static class SpecTable
{
    private static readonly PropertyInfo[] Properties = [.. typeof(ExperimentSpec).GetProperties()
        .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always })];

    /// <summary>The properties whose values differ.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="from">What it is compared with; the defaults if null.</param>
    /// <returns>Name, value in <paramref name="spec"/>, and value in <paramref name="from"/>.</returns>
    public static IReadOnlyList<(string Name, string Value, string Default)> Differences(ExperimentSpec spec, ExperimentSpec? from = null)
    {
        ExperimentSpec other = from ?? new ExperimentSpec();
        return
        [
            .. Differences(Properties.Where(property => property.PropertyType != typeof(SequenceFiles)), spec, other),
            .. Differences(typeof(SequenceFiles).GetProperties(), spec.Files ?? new SequenceFiles(), other.Files ?? new SequenceFiles()),
        ];
    }

    private static IEnumerable<(string Name, string Value, string Default)> Differences(IEnumerable<PropertyInfo> properties, object one, object other) =>
        from property in properties
        where !Equals(property.GetValue(one), property.GetValue(other))
        select (property.Name, Text(property.GetValue(one)), Text(property.GetValue(other)));

    /// <summary>A plain table of what differs from the defaults.</summary>
    /// <param name="spec">The spec.</param>
    public static string Render(ExperimentSpec spec)
    {
        var rows = Differences(spec);
        int name = rows.Select(row => row.Name.Length).DefaultIfEmpty().Max();
        int value = rows.Select(row => row.Value.Length).DefaultIfEmpty().Max();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Name.PadRight(name)}  {row.Value.PadRight(value)}  (default {row.Default})");
        }

        return text.Length == 0 ? "all defaults" : text.ToString();
    }

    private static string Text(object? value) => value is null
        ? "none"
        : JsonSerializer.Serialize(value, KitJson.Line).Trim('"');
}
