using System.CommandLine;
using AuxLossRnn.Cli.Doctor;
using AuxLossRnn.Data;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary>The command <c>auxloss doctor</c>: what this machine and this build can do.</summary>
public static class DoctorCommand
{
    /// <summary>Makes the command; it ends with 0 where nothing is wrong and with 1 otherwise.</summary>
    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "The data root. Without it: AUXLOSSRNN_DATA, else data/cache.",
            HelpName = "DIR",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Where run folders go. Without it: runs.",
            HelpName = "DIR",
        };
        var command = new Command("doctor", "Looks whether this machine has what the kit needs, and says what to do if not.")
        {
            data,
            output,
        };
        command.SetAction(parsed => Run(
            DataRoot.Resolve(parsed.GetValue(data)).Folder,
            parsed.GetValue(output) is { Length: > 0 } folder ? folder : "runs",
            parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string dataRoot, string outputFolder, TextWriter writer)
    {
        SystemReport report = SystemReport.Create(dataRoot, outputFolder);
        bool toTerminal = writer == Console.Out && !Console.IsOutputRedirected;
        if (toTerminal)
        {
            WriteColoured(report);
        }
        else
        {
            WritePlain(report, writer);
        }

        return report.IsHealthy ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>One line a check, its advice indented below: for files, pipes and screen readers.</summary>
    private static void WritePlain(SystemReport report, TextWriter writer)
    {
        foreach (var group in report.Checks.GroupBy(check => check.Group))
        {
            writer.WriteLine(group.Key);
            foreach (SystemCheck check in group)
            {
                string state = $"[{check.State.ToString().ToLowerInvariant()}]";
                writer.WriteLine($"  {state,-8}{check.Name}: {check.Value}");
                if (check.Advice is not null)
                {
                    writer.WriteLine($"          {check.Advice}");
                }
            }

            writer.WriteLine();
        }

        writer.WriteLine(Verdict(report));
    }

    private static void WriteColoured(SystemReport report)
    {
        int nameWidth = report.Checks.Max(check => check.Name.Length);
        foreach (var group in report.Checks.GroupBy(check => check.Group))
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{group.Key}[/]");
            var grid = new Grid()
                .AddColumn(new GridColumn().Width(2).PadLeft(1).PadRight(0))
                .AddColumn(new GridColumn().Width(nameWidth).PadRight(2).NoWrap())
                .AddColumn();
            foreach (SystemCheck check in group)
            {
                grid.AddRow(Mark(check.State), new Text(check.Name), new Text(check.Value));
                if (check.Advice is not null)
                {
                    Color colour = check.State == CheckState.Wrong ? Color.Red : Color.Grey;
                    grid.AddRow(Text.Empty, Text.Empty, new Text(check.Advice, colour));
                }
            }

            AnsiConsole.Write(grid);
            AnsiConsole.WriteLine();
        }

        AnsiConsole.Write(new Text(Verdict(report) + "\n", report.IsHealthy ? Color.Green : Color.Red));
    }

    private static Markup Mark(CheckState state) => new(state switch
    {
        CheckState.Ok => "[green]✓[/]",
        CheckState.Note => "[yellow]•[/]",
        _ => "[red]✗[/]",
    });

    private static string Verdict(SystemReport report)
    {
        int wrong = report.Checks.Count(check => check.State == CheckState.Wrong);
        return wrong switch
        {
            0 => "Nothing is wrong.",
            1 => "One thing is wrong; see what to do about it above.",
            _ => $"{wrong} things are wrong; see what to do about them above.",
        };
    }
}
