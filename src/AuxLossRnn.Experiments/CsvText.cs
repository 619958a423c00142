namespace AuxLossRnn.Experiments;

/// <summary>Cells of tables that are written as CSV.</summary>
internal static class CsvText
{
    /// <summary>A cell, in quotes where it holds a comma, a quote or a line's end.</summary>
    /// <param name="text">What it says.</param>
    public static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
