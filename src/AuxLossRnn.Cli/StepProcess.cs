using System.Diagnostics;
using System.Globalization;
using AuxLossRnn.Cli.Commands;
using AuxLossRnn.Experiments;
using AuxLossRnn.Notebooks.Jupyter;

namespace AuxLossRnn.Cli;

/// <summary>Measures one model at one length in a process of its own, which is ended where it goes over a cap.</summary>
internal static class StepProcess
{
    private const string OverMemory = "over the memory cap";
    private const string OverTime = "over the time cap";
    private const string Failed = "failed";
    private const int Killed = 128 + 9; // SIGKILL, by which a system without memory ends a process
    private const double Mebibyte = 1048576.0;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>Starts the process and watches it to its end.</summary>
    /// <param name="model">The row.</param>
    /// <param name="side">The images' side in pixels.</param>
    /// <param name="caps">Batch, steps, threads and caps.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>The cost, and the process's own sentence if it failed.</returns>
    public static async Task<(StepCost Cost, string? Failure)> MeasureAsync(
        string model, int side, MeasureCaps caps, CancellationToken cancellation)
    {
        IReadOnlyList<string> program = KernelSpec.RunningProgram();
        string[] arguments = [model, $"{side}", $"{caps.Batch}", $"{caps.Steps}", $"{caps.Threads ?? 0}"];
        using Process process = Process.Start(new ProcessStartInfo(program[0], [.. program.Skip(1), "measure", MeasureStepCommand.Name, .. arguments])
        {
            RedirectStandardInput = true, // nothing is written to it: that it closes tells the process that this one has ended
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using CancellationTokenRegistration end = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        var cost = new StepCost(model, side * side, caps.Batch, null, null, Failed);
        string? answer = null;
        if (await process.StandardOutput.ReadLineAsync(cancellation) is string ready)
        {
            long limit = long.Parse(ready, CultureInfo.InvariantCulture) + (long)(caps.Mebibytes * Mebibyte);
            Task<string> rest = process.StandardOutput.ReadToEndAsync(cancellation);
            if (await OverAsync(process, rest, limit, TimeSpan.FromSeconds(caps.Seconds), cancellation) is string over)
            {
                process.Kill(entireProcessTree: true);
                cost = cost with { Status = over };
            }

            answer = (await rest).Trim();
        }

        await process.WaitForExitAsync(cancellation);
        if (cost.Status != Failed)
        {
            return (cost, null);
        }

        if (answer == MeasureStepCommand.OutOfMemory || process.ExitCode == Killed)
        {
            return (cost with { Status = MeasureStepCommand.OutOfMemory }, null);
        }

        if (process.ExitCode == ExitCodes.Done && answer?.Split(' ') is [string seconds, string bytes])
        {
            return (cost with
            {
                Seconds = double.Parse(seconds, CultureInfo.InvariantCulture),
                Mebibytes = long.Parse(bytes, CultureInfo.InvariantCulture) / Mebibyte,
                Status = StepCost.Measured,
            }, null);
        }

        string sentence = (await errors).Split('\n')[0].Trim();
        return (cost, sentence.Length > 0 ? sentence : $"The process ended with exit code {process.ExitCode}.");
    }

    /// <summary>Watches until the answer is there.</summary>
    /// <returns>The cap that was passed; null for none.</returns>
    private static async Task<string?> OverAsync(Process process, Task<string> answer, long limit, TimeSpan most, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (await Task.WhenAny(answer, Task.Delay(BetweenLooks, cancellation)) != answer)
        {
            if (WorkingSet(process) is not long bytes)
            {
                continue;
            }

            if (bytes > limit)
            {
                return OverMemory;
            }

            if (watch.Elapsed > most)
            {
                return OverTime;
            }
        }

        return null;
    }

    /// <summary>What the process has in memory; null where it has ended, which it may at any moment.</summary>
    private static long? WorkingSet(Process process)
    {
        try
        {
            process.Refresh();
            return process.HasExited ? null : process.WorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
