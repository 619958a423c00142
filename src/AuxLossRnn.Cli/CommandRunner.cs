using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using AuxLossRnn.Training;
using Spectre.Console;

namespace AuxLossRnn.Cli;

/// <summary>Runs the command line: errors become sentences and exit codes, signals become cancellation.</summary>
public static class CommandRunner
{
    private const int PlainWidth = 1000;

    // What they do needs no libtorch; a notebook's cells may.
    private static readonly string?[] WithoutTorch = [null, "doctor", "data", "notebook", "kernel"];

    /// <summary>Parses and runs.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        TerminalWriter.Install();
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(InWords(error.Message));
            }

            await Console.Error.WriteLineAsync($"See `auxloss{string.Concat(Names(parsed).Select(name => $" {name}"))} --help`.");
            return ExitCodes.WrongUsage;
        }

        // Before TorchSharp looks for them: it writes that a package is not referenced, which is not the reason.
        if (NativeLibraries.Report.Refusal is string refusal && parsed.Action is not HelpAction && !WithoutTorch.Contains(Names(parsed).FirstOrDefault()))
        {
            await Console.Error.WriteLineAsync(refusal);
            return ExitCodes.Failed;
        }

        if (Console.IsOutputRedirected)
        {
            // A file has no margin: lines are not to be broken at 80 columns.
            AnsiConsole.Profile.Width = PlainWidth;
        }

        using var stop = new CancellationTokenSource();
        // A kernel stays when its cell is interrupted, and takes that signal itself.
        using var signals = new StopSignals(stop, withInterrupt: parsed.CommandResult.Command is not KernelRunCommand);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return ExitCodes.Interrupted;
        }
        catch (UserException problem)
        {
            await Console.Error.WriteLineAsync(OptionNames.In(problem.Template));
            return ExitCodes.WrongUsage;
        }
        catch (TrainingFailedException failure)
        {
            await Console.Error.WriteLineAsync(OptionNames.In(failure.Template));
            return ExitCodes.Failed;
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync(InWords(failure));
            return ExitCodes.Failed;
        }
#pragma warning disable CA1031 // The last resort: whatever went wrong, the exit code says that it did.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"Something the kit did not foresee went wrong: {failure}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>What failed, as a sentence: the runtime's own says neither that nothing is lost nor what to do.</summary>
    internal static string InWords(IOException failure) => AtomicFile.IsOfFullDisk(failure)
        ? $"{failure.Message.TrimEnd('.')}: the {AtomicFile.FullDisk}"
        : failure.Message;

    /// <summary>The command and those above it, from the top.</summary>
    private static List<string> Names(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: not RootCommand } result; at = at.Parent)
        {
            names.Insert(0, result.Command.Name);
        }

        return names;
    }

    // The parser names types as the runtime does.
    private static string InWords(string message) => message
        .Replace("System.Nullable`1[System.Int32]", "whole number", StringComparison.Ordinal).Replace("System.Int32", "whole number", StringComparison.Ordinal)
        .Replace("System.Nullable`1[System.Double]", "number", StringComparison.Ordinal);
}
