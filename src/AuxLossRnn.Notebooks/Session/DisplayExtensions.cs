using AuxLossRnn.Notebooks.Session;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Notebooks.Interactive;

/// <summary>Shows values in the running cell.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The formats to show it in, such as <c>text/plain</c>; none for those that suit it.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => Show(ValueFormats.Of(value, mimeTypes));

    /// <summary>Shows rows as a table with a column for each of their properties.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public static DisplayedValue DisplayTable<T>(this IEnumerable<T> rows) => Show(ValueFormats.Table(rows));

    /// <summary>Shows a table, as <see cref="Display"/> does, too.</summary>
    /// <param name="table">The table.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public static DisplayedValue DisplayTable(this DataFrame table) => table.Display();

    /// <summary>Shows a text in a format of its own.</summary>
    /// <param name="value">The text.</param>
    /// <param name="mimeType">Its format, such as <c>text/markdown</c>.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public static DisplayedValue DisplayAs(this string value, string mimeType) => Show(ValueFormats.Text(mimeType, value));

    private static DisplayedValue Show(MimeBundle bundle)
    {
        CellContext cell = CellContext.Current
            ?? throw new InvalidOperationException("Nothing can be displayed here: no cell is running on this thread.");
        var shown = new DisplayedValue(cell, Guid.NewGuid().ToString("N"));
        cell.Output.Display(bundle, shown.Id);
        return shown;
    }
}
