using System.Globalization;
using AuxLossRnn.Data;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>Says how far a large file is read, a line each tenth; nothing of a small one.</summary>
internal sealed class ReadingDisplay : IProgress<ReadingProgress>
{
    private const long Large = 100 << 20;
    private const int Lines = 10;

    private int _said;

    /// <inheritdoc/>
    public void Report(ReadingProgress value)
    {
        int tenths = (int)(Lines * value.Done / Math.Max(1, value.Total));
        _said = Math.Min(_said, tenths); // another file begins
        if (value.Total >= Large && tenths > _said)
        {
            _said = tenths;
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  read {value.Done / 1e9:0.00} of {value.Total / 1e9:0.00} GB"));
        }
    }
}
