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
    /// <summary>Writes the batch script for what is neither finished nor in the queue, and submits it.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="wanted">The points that are to be trained.</param>
    /// <param name="options">Further arguments of <c>auxloss sweep run</c>.</param>
    /// <param name="cancellation">Ends the waiting for Slurm.</param>
    public static async Task<int> SubmitAsync(Sweep sweep, IReadOnlyList<SweepPoint> wanted, string[] options, CancellationToken cancellation)
    {
        HashSet<string> folders = [.. wanted.Select(point => point.Folder)];
        SweepPoint[] left = [.. sweep.Status().Where(one => one.State != SweepState.Finished && folders.Contains(one.Point.Folder)).Select(one => one.Point)];
        if (left.Length == 0)
        {
            AnsiConsole.WriteLine($"All runs of {sweep.Name} are finished.");
            return ExitCodes.Done;
        }

        string logs = SlurmArray.LogFolder(sweep);
        Directory.CreateDirectory(logs);
        string script = Path.Combine(logs, $"{sweep.Name}.sbatch");
        try
        {
            IReadOnlyDictionary<string, string> queued = await QueuedAsync(logs, cancellation);
            SweepPoint[] there = [.. left.Where(point => queued.ContainsKey(Path.GetFileName(point.Folder)))];
            SweepPoint[] submitted = [.. left.Except(there)];
            if (there.Length > 0)
            {
                string[] jobs = [.. there.Select(point => queued[Path.GetFileName(point.Folder)]).Distinct()];
                AnsiConsole.WriteLine($"{Runs(there.Length)} of {sweep.Name} {(there.Length == 1 ? "is" : "are")} in the queue or running already, as job {string.Join(" and ", jobs)}.");
            }

            if (submitted.Length == 0)
            {
                return ExitCodes.Done;
            }

            AtomicFile.WriteText(script, SlurmArray.Script(sweep, submitted, KernelSpec.RunningProgram(), options));
            (int code, string answer, string error) = await RunAsync("sbatch", ["--parsable", script], cancellation);
            if (code != 0)
            {
                await Console.Error.WriteLineAsync($"sbatch refused {script}: {error}");
                return ExitCodes.Failed;
            }

            string job = answer.Split(';')[0]; // the cluster may follow
            new SlurmJob(job, submitted.ToDictionary(point => point.Index, point => Path.GetFileName(point.Folder))).Write(logs);
            AnsiConsole.WriteLine($"Submitted {Runs(submitted.Length)} of {sweep.Name} as job {job}; the script is {script}.");
            AnsiConsole.WriteLine($"auxloss sweep status {sweep.File} shows where they stand, auxloss sweep collect {sweep.File} what has ended.");
            return ExitCodes.Done;
        }
        catch (Win32Exception failure)
        {
            AtomicFile.WriteText(script, SlurmArray.Script(sweep, left, KernelSpec.RunningProgram(), options));
            throw new UserException($"There is no Slurm on this machine ({failure.Message}). Submit {script} yourself where it is, or train here without --slurm.", failure);
        }
    }

    /// <summary>The run folders whose elements of earlier submissions wait or run, each with its job.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> QueuedAsync(string logs, CancellationToken cancellation)
    {
        var queued = new Dictionary<string, string>();
        foreach (SlurmJob job in SlurmJob.All(logs))
        {
            (int code, string answer, string error) = await RunAsync("squeue", ["-h", "-r", "-j", job.Id, "-o", "%K %T"], cancellation);
            if (code != 0 && !error.Contains("Invalid job id", StringComparison.Ordinal))
            {
                throw new UserException($"Slurm does not say which runs are in its queue already: {error}");
            }

            // One that was cancelled may still be completing. So may one that is put back: to submit that one twice does no harm.
            string[] elements = [.. answer.Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, not "COMPLETING"]).Select(words => words[0])];
            foreach ((int index, string folder) in job.Runs)
            {
                if (elements.Contains($"{index}"))
                {
                    queued[folder] = job.Id;
                }
            }

            if (answer.Length == 0)
            {
                job.Forget(logs);
            }
        }

        return queued;
    }

    private static string Runs(int count) => count == 1 ? "1 run" : $"{count} runs";

    private static async Task<(int Code, string Answer, string Error)> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string answer = (await process.StandardOutput.ReadToEndAsync(cancellation)).Trim();
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, answer, (await errors).Trim());
    }
}
