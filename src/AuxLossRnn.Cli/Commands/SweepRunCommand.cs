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
        var threads = new Option<int>("--threads") { Description = "Threads of a run.", DefaultValueFactory = _ => 1 };
        var atOnce = new Option<int?>("--at-once") { Description = "Runs at a time; by default as many as fit the cores." };
        var only = new Option<int?>("--only") { Description = "Train this one point of the plan, by its number, in this process." };
        var where = new Option<string[]>("--where") { Description = "Train the points that have this label alone: AXIS=LABEL; may be given for several axes.", HelpName = "axis=label" };
        var slurm = new Option<bool>("--slurm") { Description = "Write a job array, one run an element, and submit it with sbatch." };
        var child = new Option<bool>("--child") { Description = "Stop, with a checkpoint, when standard input closes.", Hidden = true };
        var data = new Option<string?>("--data") { Description = "The data root; else AUXLOSSRNN_DATA, else data/cache." };
        var device = new Option<string>("--device") { Description = "cpu or cuda.", DefaultValueFactory = _ => "cpu" };
        command.Add(file);
        foreach (Option option in new Option[] { threads, atOnce, only, where, slurm, child, data, device })
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) =>
        {
            Sweep sweep = SweepFile.Read(parsed.GetValue(file)!);
            int perRun = Positive(parsed.GetValue(threads), "--threads");
            string[] more = [.. parsed.GetValue(data) is string root ? new[] { "--data", Path.GetFullPath(root) } : []];
            if (parsed.GetValue(slurm))
            {
                return SlurmSubmission.SubmitAsync(sweep, more, cancellation);
            }

            string[] options = ["--threads", $"{perRun}", "--device", parsed.GetValue(device)!, .. more];
            return parsed.GetValue(only) is int index
                ? SweepElement.RunAsync(sweep, index, perRun, parsed.GetValue(device)!, parsed.GetValue(data), parsed.GetValue(child), cancellation)
                : RunAsync(
                    sweep, Positive(parsed.GetValue(atOnce) ?? Math.Max(1, Environment.ProcessorCount / perRun), "--at-once"), options,
                    DataRoot.Resolve(parsed.GetValue(data)), [.. (parsed.GetValue(where) ?? []).Select(Label)], cancellation);
        });
        return command;
    }

    private static int Positive(int value, string option) => value > 0 ? value : throw new UserException($"{option} is {value}, but must be a whole number above 0.");

    private static (string Axis, string Label) Label(string text) => text.Split('=', 2) is [string axis, string label]
        ? (axis, label)
        : throw new UserException($"--where is '{text}', but must be an axis and one of its labels, such as model=r-lstm.");

    private static async Task<int> RunAsync(Sweep sweep, int atOnce, string[] options, DataRoot root, (string Axis, string Label)[] labels, CancellationToken cancellation)
    {
        sweep.Where(labels);
        sweep.Check(root);
        var runner = new SweepRunner(sweep, atOnce, (point, stop) => AttemptAsync(sweep, point, options, stop), labels);
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            var last = Stopwatch.StartNew();
            runner.Said += AnsiConsole.WriteLine;
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
            await AnsiConsole.Live(new Text("")).StartAsync(async live =>
            {
                var said = new Queue<string>();
                runner.Said += line =>
                {
                    said.Enqueue(line);
                    _ = said.Count > 5 ? said.Dequeue() : null;
                };
                runner.Progress += (statuses, left) =>
                {
                    live.UpdateTarget(new Rows(
                        [.. said.Select(line => new Text(line)), SweepDisplay.Table(statuses.Where(one => one.State == SweepState.Running)), new Text(SweepDisplay.Counts(statuses, left))]));
                    live.Refresh();
                };
                await runner.RunAsync(cancellation);
            });
        }

        HashSet<string> wanted = [.. sweep.Where(labels).Select(point => point.Folder)];
        IReadOnlyList<SweepStatus> end = [.. sweep.Status().Where(one => wanted.Contains(one.Point.Folder))];
        AnsiConsole.WriteLine(SweepDisplay.Counts(end));
        foreach (SweepPoint point in runner.Failed)
        {
            await Console.Error.WriteLineAsync($"Failed twice: {point}. {SweepRecord.Read(point.Folder).Failure} See {Path.Combine(point.Folder, SweepRunner.LogName)}");
        }

        return cancellation.IsCancellationRequested ? ExitCodes.Interrupted
            : end.All(one => one.State == SweepState.Finished) ? ExitCodes.Done
            : ExitCodes.Failed;
    }

    /// <summary>Starts a process for a point and waits for its end; that this process has ended tells it to stop.</summary>
    private static async Task<AttemptOutcome> AttemptAsync(Sweep sweep, SweepPoint point, string[] options, CancellationToken cancellation)
    {
        IReadOnlyList<string> program = KernelSpec.RunningProgram();
        Directory.CreateDirectory(point.Folder);
        using var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(point.Folder, SweepRunner.LogName), append: true) { AutoFlush = true });
        using Process process = Process.Start(new ProcessStartInfo(
            program[0], [.. program.Skip(1), "sweep", "run", sweep.File!, "--only", $"{point.Index}", "--child", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string last = "";
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => last = Write(line.Data) ?? last;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using CancellationTokenRegistration stop = cancellation.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None);
        switch (process.ExitCode)
        {
            case ExitCodes.Done:
                return AttemptOutcome.Finished;
            case SlurmArray.GoesOn:
                return cancellation.IsCancellationRequested ? AttemptOutcome.Interrupted : AttemptOutcome.Busy;
            default:
                SweepRecord record = SweepRecord.Read(point.Folder);
                string sentence = last.Length > 0 ? last : $"The process ended with exit code {process.ExitCode}.";
                (record with { Failures = record.Failures + 1, Failure = sentence }).Write(point.Folder);
                return AttemptOutcome.Failed;
        }

        string? Write(string? line)
        {
            if (!string.IsNullOrEmpty(line))
            {
                log.WriteLine(line);
            }

            return string.IsNullOrEmpty(line) ? null : line;
        }
    }
}
