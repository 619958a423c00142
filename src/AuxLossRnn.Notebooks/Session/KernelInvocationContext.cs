using AuxLossRnn.Notebooks.Interactive;
using AuxLossRnn.Notebooks.Session;
using DisplayExtensions = AuxLossRnn.Notebooks.Interactive.DisplayExtensions;

// Its name in cells that were written for .NET Interactive.
namespace Microsoft.DotNet.Interactive;

/// <summary>The cell that runs.</summary>
public sealed class KernelInvocationContext
{
    private KernelInvocationContext()
    {
    }

    /// <summary>The cell that this thread, or the one that started it, runs; null outside of cells.</summary>
    public static KernelInvocationContext? Current => CellContext.Current is null ? null : new KernelInvocationContext();

#pragma warning disable CA1822 // As notebooks know them.
    /// <summary>Whether the cell is to stop.</summary>
    public CancellationToken CancellationToken => CellContext.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">The formats to show it in; none for those that suit it.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public DisplayedValue Display(object? value, params string[] mimeTypes) => DisplayExtensions.Display(value, mimeTypes);

    /// <summary>Shows a text in a format of its own.</summary>
    /// <param name="value">The text.</param>
    /// <param name="mimeType">Its format, such as <c>text/markdown</c>.</param>
    /// <returns>What was shown, to be updated in place.</returns>
    public DisplayedValue DisplayAs(string value, string mimeType) => DisplayExtensions.DisplayAs(value, mimeType);
#pragma warning restore CA1822
}
