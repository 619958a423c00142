using System.ComponentModel;
using System.Diagnostics;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary>Sends a sweep to Slurm: <c>auxloss sweep run --slurm</c>.</summary>
internal static class SlurmSubmission
{
    /// <summary>Writes the batch script for what is not finished and submits it.</summary>
    public static async Task<int> SubmitAsync(Sweep sweep, string[] options, CancellationToken cancellation)
    {
        int[] indices = [.. sweep.Status().Where(one => one.State != SweepState.Finished).Select(one => one.Point.Index).Order()];
        if (indices.Length == 0)
        {
            AnsiConsole.WriteLine($"All {sweep.Points.Count} runs of {sweep.Name} are finished.");
            return ExitCodes.Done;
        }

        string folder = SlurmArray.LogFolder(sweep);
        Directory.CreateDirectory(folder);
        string script = Path.Combine(folder, $"{sweep.Name}.sbatch");
        AtomicFile.WriteText(script, SlurmArray.Script(sweep, indices, KernelSpec.RunningProgram(), options));
        try
        {
            using Process sbatch = Process.Start(new ProcessStartInfo("sbatch", ["--parsable", script])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = sbatch.StandardError.ReadToEndAsync(cancellation);
            string answer = (await sbatch.StandardOutput.ReadToEndAsync(cancellation)).Trim();
            await sbatch.WaitForExitAsync(cancellation);
            if (sbatch.ExitCode != 0)
            {
                await Console.Error.WriteLineAsync($"sbatch refused {script}: {(await errors).Trim()}");
                return ExitCodes.Failed;
            }

            AnsiConsole.WriteLine($"Submitted {indices.Length} runs of {sweep.Name} as job {answer}; the script is {script}.");
            AnsiConsole.WriteLine($"auxloss sweep status {sweep.File} shows where they stand, auxloss sweep collect {sweep.File} what has ended.");
            return ExitCodes.Done;
        }
        catch (Win32Exception failure)
        {
            throw new UserException($"There is no sbatch on this machine ({failure.Message}). Submit {script} yourself where Slurm is, or train here without --slurm.", failure);
        }
    }
}
