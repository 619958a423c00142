using System.CommandLine;
using System.Diagnostics;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Runtime;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss sweep run</c>: trains what of a sweep is not finished.</summary>
internal static class SweepRunCommand
{
    private static readonly TimeSpan BetweenPlainLines = TimeSpan.FromSeconds(60);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("run", "Train what is not finished, as many runs at a time as fit the cores; a run that was begun goes on from its checkpoint.");
        Argument<string> file = SweepCommand.File();
        Option<int> threads = SweepCommand.Threads();
        var atOnce = new Option<int?>("--at-once") { Description = "Runs at a time; by default as many as fit the cores." };
        var only = new Option<string?>("--only") { Description = "Train this one point of the plan in this process: its number, or the name of its run folder.", HelpName = "point" };
        var where = new Option<string[]>("--where") { Description = "Train the points that have this label alone: AXIS=LABEL; may be given for several axes.", HelpName = "axis=label" };
        var slurm = new Option<bool>("--slurm") { Description = "Write a job array, one run an element, and submit it with sbatch." };
        var child = new Option<bool>("--child") { Description = "Stop, with a checkpoint, when standard input closes.", Hidden = true };
        Option<string?> data = MachineOptions.Data();
        Option<string> device = MachineOptions.Device();
        command.Add(file);
        foreach (Option option in new Option[] { threads, atOnce, only, where, slurm, child, data, device })
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            Sweep sweep = SweepFile.Read(parsed.GetValue(file)!);
            string[] more = [.. parsed.GetValue(data) is string root ? new[] { "--data", UserPath.Full(root) } : []];
            (string Axis, string Label)[] labels = [.. (parsed.GetValue(where) ?? []).Select(Label)];
            if (parsed.GetValue(slurm))
            {
                Option? elsewhere = new Option[] { threads, atOnce, device, only }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
                if (elsewhere is not null)
                {
                    throw new UserException($"{elsewhere.Name} is for runs on this machine. What an element of a job array gets stands in the section slurm of {sweep.File}.");
                }

                sweep.Check(DataRoot.Resolve(parsed.GetValue(data)), labels); // here, where somebody reads it, rather than in the log of each element
                return SlurmSubmission.SubmitAsync(sweep, sweep.Where(labels), more, cancellation);
            }

            // What no run can be trained with is said here, not by each.
            Devices.Choose(parsed.GetValue(device)!);
            int perRun = TorchThreads.Choose(parsed.GetValue(threads));
            string[] options = ["--threads", $"{perRun}", "--device", parsed.GetValue(device)!, .. more];
            return parsed.GetValue(only) is string point
                ? SweepElement.RunAsync(sweep, point, perRun, parsed.GetValue(device)!, parsed.GetValue(data), parsed.GetValue(child), cancellation)
                : RunAsync(
                    sweep, Positive(parsed.GetValue(atOnce) ?? Math.Max(1, Environment.ProcessorCount / perRun), "--at-once"), options,
                    DataRoot.Resolve(parsed.GetValue(data)), labels, cancellation);
        });
        return command;
    }

    private static int Positive(int value, string option) => value > 0 ? value : throw new UserException($"{option} is {value}, but must be a whole number above 0.");

    private static (string Axis, string Label) Label(string text) => text.Split('=', 2) is [string axis, string label]
        ? (axis, label)
        : throw new UserException($"--where is '{text}', but must be an axis and one of its labels, such as model=r-lstm.");

    private static async Task<int> RunAsync(Sweep sweep, int atOnce, string[] options, DataRoot root, (string Axis, string Label)[] labels, CancellationToken cancellation)
    {
        sweep.Check(root, labels);
        var runner = new SweepRunner(sweep, atOnce, (point, stop) => AttemptAsync(sweep, point, options, stop), labels);
        runner.Said += AnsiConsole.WriteLine;
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            var last = Stopwatch.StartNew();
            runner.Progress += (statuses, left) =>
            {
                if (last.Elapsed >= BetweenPlainLines)
                {
                    last.Restart();
                    AnsiConsole.WriteLine(SweepDisplay.Counts(statuses, left));
                }
            };
            await runner.RunAsync(cancellation);
        }
        else
        {
            // Lines that are said meanwhile stay above it.
            await AnsiConsole.Live(new Text("")).AutoClear(true).Cropping(VerticalOverflowCropping.Top).StartAsync(async live =>
            {
                runner.Progress += (statuses, left) =>
                {
                    live.UpdateTarget(SweepDisplay.Running(sweep, statuses, left));
                    live.Refresh();
                };
                await runner.RunAsync(cancellation);
            });
        }

        HashSet<string> wanted = [.. sweep.Where(labels).Select(point => point.Folder)];
        IReadOnlyList<SweepStatus> end = [.. sweep.Status().Where(one => wanted.Contains(one.Point.Folder))];
        AnsiConsole.WriteLine(SweepDisplay.Counts(end));
        foreach ((SweepPoint point, string? failure) in runner.Failed)
        {
            await Console.Error.WriteLineAsync($"Failed twice: {point}: {failure} (all it said: {Path.Combine(point.Folder, SweepRunner.LogName)})");
        }

        return cancellation.IsCancellationRequested ? ExitCodes.Interrupted
            : end.All(one => one.State == SweepState.Finished) ? ExitCodes.Done
            : ExitCodes.Failed;
    }

    /// <summary>Starts a process for a point and waits for its end.</summary>
    private static async Task<Attempt> AttemptAsync(Sweep sweep, SweepPoint point, string[] options, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(point.Folder);
            (int code, string? sentence) = await ChildAsync(sweep, point, options, cancellation);
            if (code is ExitCodes.Done or SlurmArray.GoesOn)
            {
                return new Attempt(code == ExitCodes.Done ? AttemptOutcome.Finished : AttemptOutcome.NotDone);
            }

            sentence ??= $"The process ended with exit code {code}.";
            (SweepRecord.Read(point.Folder) with { Failure = sentence }).Write(point.Folder);
            return new Attempt(AttemptOutcome.Failed, sentence);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Attempt(AttemptOutcome.Failed, $"{point.Folder} cannot be written: {failure.Message}");
        }
    }

    /// <summary>Trains a point in a process that stops, with a checkpoint, when this one ends, however it ends.</summary>
    /// <returns>Its exit code, and the last sentence that it wrote to standard error; null for none.</returns>
    private static async Task<(int Code, string? Sentence)> ChildAsync(Sweep sweep, SweepPoint point, string[] options, CancellationToken cancellation)
    {
        IReadOnlyList<string> program = KernelSpec.RunningProgram();

        // Another `sweep run` may write to it too, before it sees that this one trains here.
        var file = new FileStream(Path.Combine(point.Folder, SweepRunner.LogName), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        using TextWriter log = TextWriter.Synchronized(new StreamWriter(file) { AutoFlush = true });
        using Process process = Process.Start(new ProcessStartInfo(
            program[0], [.. program.Skip(1), "sweep", "run", sweep.File!, "--only", $"{point.Index}", "--child", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string? last = null;
        process.OutputDataReceived += (_, line) => Log(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            Log(line.Data);
            last = line.Data is [char first, ..] && !char.IsWhiteSpace(first) ? line.Data : last; // not the lines of a stack
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using CancellationTokenRegistration stop = cancellation.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, last);

        void Log(string? line)
        {
            if (string.IsNullOrEmpty(line))
            {
                return;
            }

            try
            {
                log.WriteLine(line);
            }
            catch (IOException)
            {
                // A full disk: the run fails by itself, and its sentence is kept. Thrown here, on the pool, it would end all runs.
            }
        }
    }
}
