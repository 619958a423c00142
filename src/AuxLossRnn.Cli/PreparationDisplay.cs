using AuxLossRnn.Data;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>Says how far the preparation of photographs is, a line each tenth; nothing where they are prepared already.</summary>
internal sealed class PreparationDisplay : IProgress<PreparationProgress>
{
    private const int Lines = 10;

    private int _said;

    /// <inheritdoc/>
    public void Report(PreparationProgress value)
    {
        if (value.Done == 0)
        {
            _said = 0;
            AnsiConsole.WriteLine($"preparing {value.Total:N0} photographs, once, in {value.Folder}");
        }

        int tenths = (int)((long)Lines * value.Done / value.Total);
        if (tenths > _said)
        {
            _said = tenths;
            AnsiConsole.WriteLine($"  {value.Done:N0} of {value.Total:N0}");
        }
    }
}
