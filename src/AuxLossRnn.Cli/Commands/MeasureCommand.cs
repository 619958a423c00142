using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Notebooks.Jupyter;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss measure</c>: what a training step of each model costs at each length (Figure 3, bottom).</summary>
public static class MeasureCommand
{
    private const string OneStep = "step";
    private const string OverMemory = "over the memory cap";
    private const string OverTime = "over the time cap";
    private const string Failed = "out of memory or failed";
    private const double Mebibyte = 1048576.0;
    private const int SmallestSide = 25; // 625 steps
    private const int LargestSide = 1024; // a million steps

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "measure",
            "Measure seconds and memory of a training step for the models of Figure 3 at its eight lengths, each in a process of its own. "
            + "Once a model does not fit a cap, its longer sequences are left out.");
        var models = new Option<string[]>("--models")
        {
            Description = $"Which rows, separated by spaces or commas: {string.Join(", ", StepMeasurement.Models)}.",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = Items,
            DefaultValueFactory = _ => [.. StepMeasurement.Models],
        };
        var sides = new Option<int[]>("--sides")
        {
            Description = "The images' sides in pixels, separated by spaces or commas; the sequences have side² steps.",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result =>
            {
                string[] items = Items(result);
                int[] numbers = [.. items.Select(item => int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out int side) ? side : -1)];
                if (Array.IndexOf(numbers, -1) is var wrong and >= 0)
                {
                    result.AddError($"--sides has '{items[wrong]}', but must be whole numbers such as 40, 48.");
                }

                return numbers;
            },
            DefaultValueFactory = _ => [.. StanfordDogs.PaperSides],
        };
        var batch = new Option<int>("--batch") { Description = "The batch size; 128 in the paper.", DefaultValueFactory = _ => 128 };
        var steps = new Option<int>("--steps") { Description = "The steps whose median is taken, after one that is not counted.", DefaultValueFactory = _ => 3 };
        var memory = new Option<int>("--memory-cap") { Description = "The memory a step may use, in MiB above the loaded libraries.", DefaultValueFactory = _ => 8192 };
        var time = new Option<int>("--time-cap") { Description = "The seconds that all steps of one length may take.", DefaultValueFactory = _ => 300 };
        var threads = new Option<int?>("--threads") { Description = "Threads that compute; by default all cores." };
        var output = new Option<string?>("--out") { Description = "A CSV file for the numbers, which figures read with StepCost.Read." };
        foreach (Option option in new Option[] { models, sides, batch, steps, memory, time, threads, output })
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellation) => RunAsync(
            new Caps(parsed.GetValue(batch), parsed.GetValue(steps), parsed.GetValue(memory), parsed.GetValue(time), parsed.GetValue(threads)),
            parsed.GetValue(models)!, parsed.GetValue(sides)!, parsed.GetValue(output), cancellation));
        command.Add(CreateOneStep());
        return command;
    }

    private static string[] Items(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>What the command starts for each model and length.</summary>
    private static Command CreateOneStep()
    {
        var command = new Command(OneStep, "Measure one model at one length; auxloss measure does this.") { Hidden = true };
        var model = new Argument<string>("MODEL");
        Argument<int>[] numbers = [new("SIDE"), new("BATCH"), new("STEPS"), new("THREADS")];
        command.Add(model);
        foreach (Argument<int> number in numbers)
        {
            command.Add(number);
        }

        command.SetAction(parsed =>
        {
            int[] values = [.. numbers.Select(parsed.GetValue)];
            TorchThreads.Use(values[3] > 0 ? values[3] : null);
            StepMeasurement.UseLibrariesOnce();
            Console.WriteLine(Environment.WorkingSet.ToString(CultureInfo.InvariantCulture));
            (double seconds, long bytes) = StepMeasurement.Run(StepMeasurement.Spec(parsed.GetValue(model)!, values[0], values[1]), values[2]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:R} {bytes}"));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<int> RunAsync(Caps caps, string[] models, int[] sides, string? output, CancellationToken cancellation)
    {
        foreach (var (value, name) in new[] { (caps.Batch, "--batch"), (caps.Steps, "--steps"), (caps.Mebibytes, "--memory-cap"), (caps.Seconds, "--time-cap") })
        {
            if (value < 1)
            {
                throw new UserException($"{name} is {value}, but must be a whole number above 0.");
            }
        }

        if (models.FirstOrDefault(model => !StepMeasurement.Models.Contains(model)) is string unknown)
        {
            throw new UserException($"--models has '{unknown}', but must be among {string.Join(", ", StepMeasurement.Models)}.");
        }

        if (caps.Threads < 1)
        {
            throw new UserException($"--threads is {caps.Threads}, but must be a whole number above 0.");
        }

        if (Array.Exists(sides, side => side is < SmallestSide or > LargestSide))
        {
            throw new UserException(
                $"--sides has {sides.First(side => side is < SmallestSide or > LargestSide)}, but must be {SmallestSide} to {LargestSide}: a segment of 600 steps has to fit.");
        }

        OutputFile.Require(output);

        var costs = new List<StepCost>();
        foreach (string model in models)
        {
            string? stopped = null;
            foreach (int side in sides.Order())
            {
                StepCost cost = stopped is null
                    ? await MeasureAsync(model, side, caps, cancellation)
                    : new StepCost(model, side * side, caps.Batch, null, null, $"left out: {stopped} before");
                stopped ??= cost.Status is OverMemory or OverTime or Failed ? cost.Status : null;
                costs.Add(cost);
                AnsiConsole.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{cost.Model,-14} {cost.Length,6:N0} steps  {Numbers(cost)}"));
                if (output is not null)
                {
                    StepCost.Write(output, costs, Remarks(caps)); // after each: an interrupted measurement keeps what it has
                }
            }
        }

        return ExitCodes.Done;
    }

    private static async Task<StepCost> MeasureAsync(string model, int side, Caps caps, CancellationToken cancellation)
    {
        IReadOnlyList<string> program = KernelSpec.RunningProgram();
        string[] arguments = [model, $"{side}", $"{caps.Batch}", $"{caps.Steps}", $"{caps.Threads ?? 0}"];
        using Process process = Process.Start(new ProcessStartInfo(program[0], [.. program.Skip(1), "measure", OneStep, .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        using CancellationTokenRegistration end = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var cost = new StepCost(model, side * side, caps.Batch, null, null, Failed);
        string? ready = await process.StandardOutput.ReadLineAsync(cancellation);
        if (ready is not null)
        {
            long limit = long.Parse(ready, CultureInfo.InvariantCulture) + (long)(caps.Mebibytes * Mebibyte);
            var watch = Stopwatch.StartNew();
            Task<string> answer = process.StandardOutput.ReadToEndAsync(cancellation);
            string? over = null;
            while (over is null && await Task.WhenAny(answer, Task.Delay(BetweenLooks, cancellation)) != answer)
            {
                process.Refresh();
                over = process.HasExited ? null
                    : process.WorkingSet64 > limit ? OverMemory
                    : watch.Elapsed.TotalSeconds > caps.Seconds ? OverTime
                    : null;
            }

            if (over is not null)
            {
                process.Kill(entireProcessTree: true);
                cost = cost with { Status = over };
            }
            else if ((await answer).Split(' ') is [string seconds, string bytes])
            {
                cost = cost with
                {
                    Seconds = double.Parse(seconds, CultureInfo.InvariantCulture),
                    Mebibytes = long.Parse(bytes, CultureInfo.InvariantCulture) / Mebibyte,
                    Status = StepCost.Measured,
                };
            }
        }

        await process.WaitForExitAsync(cancellation);
        return cost;
    }

    private static string Numbers(StepCost cost) => cost.Status == StepCost.Measured
        ? string.Create(CultureInfo.InvariantCulture, $"{cost.Seconds,8:0.00} s  {cost.Mebibytes,7:N0} MiB")
        : cost.Status;

    private static IEnumerable<string> Remarks(Caps caps)
    {
        RunEnvironment machine = RunEnvironment.Capture(0, TorchSharp.torch.CPU, TimeProvider.System);
        return
        [
            $"A training step of both losses at the paper's sizes, batch {caps.Batch}: median of {caps.Steps} steps, resident memory above the loaded libraries.",
            $"Caps: {caps.Mebibytes} MiB, {caps.Seconds} s a length.",
            $"{machine.Processor}, {caps.Threads ?? machine.Cores} threads, {machine.OperatingSystem}; AuxLossRnn {machine.Kit} ({machine.Commit}), TorchSharp {machine.TorchSharpVersion}.",
        ];
    }

    private sealed record Caps(int Batch, int Steps, int Mebibytes, int Seconds, int? Threads);
}
