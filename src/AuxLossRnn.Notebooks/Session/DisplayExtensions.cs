using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Interactive;

/// <summary>Shows values in the running cell.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public static DisplayedValue Display(this object? value) => Show(ValueFormats.Of(value));

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
