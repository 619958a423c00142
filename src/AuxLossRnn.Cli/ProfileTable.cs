using System.Globalization;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>Where the time of the steps went, as a table with a bar a part.</summary>
public static class ProfileTable
{
    private const int BarWidth = 40;

    /// <summary>Prints a profile.</summary>
    /// <param name="report">The profile.</param>
    public static void Write(StepProfileReport report)
    {
        if (report.Steps == 0)
        {
            AnsiConsole.WriteLine(
                $"No step was measured: the first {report.WarmUpSteps} are left out as warm-up. Train more steps to see where their time goes.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("part of a step", "median ms", "share", "of all time");
        table.Columns[1].Alignment = Justify.Right;
        table.Columns[2].Alignment = Justify.Right;
        foreach (StepPartTime time in report.Parts)
        {
            table.AddRow(Name(time.Part), Milliseconds(time.MedianMilliseconds), Percent(time.Share), Bar(time.Share));
        }

        table.AddEmptyRow().AddRow("whole step", Milliseconds(report.MedianMilliseconds!.Value), Percent(1));
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Steps:N0} steps of this process, without the first {report.WarmUpSteps} (warm-up). One call goes backward through all parts; with the kit's kernel the heads have their gradients already."));
    }

    private static string Name(StepPart part) => part switch
    {
        StepPart.Data => "data",
        StepPart.MainForward => "main forward",
        StepPart.Decoder => "decoder or prediction network",
        StepPart.Heads => "heads and losses",
        StepPart.Backward => "backward",
        StepPart.Optimiser => "optimiser",
        _ => "rest",
    };

    private static string Milliseconds(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Bar(double share) => new('█', (int)Math.Round(share * BarWidth));
}
