using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>Keeps the value of an expression that a client asks for; what it prints or displays is the cell's.</summary>
internal sealed class ExpressionOutput(ICellOutput cell) : ICellOutput
{
    /// <summary>The value; null if there was none.</summary>
    public MimeBundle? Value { get; private set; }

    /// <inheritdoc/>
    public void Write(bool error, string text) => cell.Write(error, text);

    /// <inheritdoc/>
    public void Display(MimeBundle value, string? displayId) => cell.Display(value, displayId);

    /// <inheritdoc/>
    public void Update(MimeBundle value, string displayId) => cell.Update(value, displayId);

    /// <inheritdoc/>
    public void Result(MimeBundle value) => Value = value;
}
