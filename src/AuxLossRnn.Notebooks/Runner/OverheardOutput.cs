using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Runner;

/// <summary>Passes on what a cell shows, and lets a listener hear what it prints.</summary>
internal sealed class OverheardOutput(ICellOutput output, int number, IRunListener? listener) : ICellOutput
{
    /// <inheritdoc/>
    public void Write(bool error, string text)
    {
        output.Write(error, text);
        listener?.Printed(number, text);
    }

    /// <inheritdoc/>
    public void Display(MimeBundle value, string? displayId) => output.Display(value, displayId);

    /// <inheritdoc/>
    public void Update(MimeBundle value, string displayId) => output.Update(value, displayId);

    /// <inheritdoc/>
    public void Result(MimeBundle value) => output.Result(value);
}
