using AuxLossRnn.Notebooks.Session;
using Microsoft.AspNetCore.Html;

namespace AuxLossRnn.Notebooks.Interactive;

/// <summary>What every cell can name without a prefix.</summary>
public sealed class NotebookGlobals
{
#pragma warning disable CA1822, IDE1006 // Members of the globals object, with the names that notebooks know.
    /// <summary>Whether the running cell is to stop: for long calls that take a token.</summary>
    public CancellationToken Cancellation => CellContext.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    public DisplayedValue display(object? value) => value.Display();

    /// <summary>A text that is shown as HTML.</summary>
    /// <param name="html">The HTML.</param>
    public IHtmlContent HTML(string html) => new HtmlString(html);
#pragma warning restore CA1822, IDE1006
}

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

/// <summary>A value on the page.</summary>
public sealed class DisplayedValue
{
    private readonly CellContext _cell;

    internal DisplayedValue(CellContext cell, string id) => (_cell, Id) = (cell, id);

    internal string Id { get; }

    /// <summary>Shows another value in this one's place, also from a later cell.</summary>
    /// <param name="value">The new value.</param>
    public void Update(object? value) => (CellContext.Current ?? _cell).Output.Update(ValueFormats.Of(value), Id);
}
