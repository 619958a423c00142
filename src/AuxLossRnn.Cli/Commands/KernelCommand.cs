using System.CommandLine;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Notebooks.Session;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss kernel</c>: C# notebooks in Jupyter.</summary>
public static class KernelCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="sessions">Makes the session that runs a kernel's cells.</param>
    public static Command Create(Func<INotebookSession> sessions) => new("kernel", "C# notebooks in Jupyter: add the kernel, or take it away.")
    {
        CreateInstall(), CreateUninstall(), new KernelRunCommand(sessions),
    };

    private static Option<string?> PrefixOption() => new("--prefix")
    {
        Description = "A Python environment's folder; else the kernel is the user's own.",
        HelpName = "DIR",
    };

    private static Command CreateInstall()
    {
        Option<string?> prefix = PrefixOption();
        var force = new Option<bool>("--force") { Description = "Replace another program's kernel of the same name." };
        var command = new Command("install", "Tell Jupyter of this kernel.") { prefix, force };
        command.SetAction(parsed =>
        {
            string folder = KernelSpec.Install(
                KernelSpec.KernelsFolder(parsed.GetValue(prefix)), [.. KernelSpec.RunningProgram(), "kernel", "run"], parsed.GetValue(force));
            AnsiConsole.WriteLine($"Installed: {folder}");
        });
        return command;
    }

    private static Command CreateUninstall()
    {
        Option<string?> prefix = PrefixOption();
        var command = new Command("uninstall", "Take this kernel away from Jupyter.") { prefix };
        command.SetAction(parsed =>
        {
            string kernels = KernelSpec.KernelsFolder(parsed.GetValue(prefix));
            string? folder = KernelSpec.Uninstall(kernels);
            AnsiConsole.WriteLine(folder is null ? $"Nothing to take away in {kernels}" : $"Taken away: {folder}");
        });
        return command;
    }
}
