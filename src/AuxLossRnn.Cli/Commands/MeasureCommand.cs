using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training.Runs;
using Spectre.Console;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss measure</c>: what a training step of each model costs at each length (Figure 3, bottom).</summary>
public static class MeasureCommand
{
    private const int SmallestSide = 25; // 625 steps
    private const int LargestSide = 1024; // a million steps

    private static readonly string[] Models = [.. StepMeasurement.Models, .. StepMeasurement.OtherModels];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "measure",
            "Measure seconds and memory of a training step for the models of Figure 3 at its eight lengths, each in a process of its own. "
            + "Once a model does not fit a cap, its longer sequences are left out.");
        // The help would show a default list with bars between its items, which cannot be typed: the descriptions say it.
        var models = new Option<string[]>("--models")
        {
            Description = $"Which rows, separated by spaces or commas; by default {string.Join(", ", StepMeasurement.Models)}. "
                + $"There are also {string.Join(", ", StepMeasurement.OtherModels)}.",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = Items,
        };
        var sides = new Option<int[]>("--sides")
        {
            Description = "The images' sides in pixels, separated by spaces or commas; the sequences have side² steps. "
                + $"By default {string.Join(", ", StanfordDogs.PaperSides)}.",
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
            new MeasureCaps(parsed.GetValue(batch), parsed.GetValue(steps), parsed.GetValue(memory), parsed.GetValue(time), parsed.GetValue(threads)),
            Given(parsed, models, StepMeasurement.Models), Given(parsed, sides, StanfordDogs.PaperSides), parsed.GetValue(output), cancellation));
        command.Add(MeasureStepCommand.Create());
        return command;
    }

    private static string[] Items(ArgumentResult result) =>
        [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>The items of a list, each once.</summary>
    private static TItem[] Given<TItem>(ParseResult parsed, Option<TItem[]> option, IReadOnlyList<TItem> byDefault)
    {
        TItem[] items = [.. (parsed.GetResult(option) is null ? byDefault : parsed.GetValue(option)!).Distinct()];
        return items.Length > 0 ? items : throw new UserException(
            $"{option.Name} names nothing to measure. Give one or more, such as {byDefault[0]}, or leave it out for {string.Join(", ", byDefault)}.");
    }

    private static async Task<int> RunAsync(MeasureCaps caps, string[] models, int[] sides, string? output, CancellationToken cancellation)
    {
        caps.Throw();
        if (models.FirstOrDefault(model => !Models.Contains(model)) is string unknown)
        {
            throw new UserException($"--models has '{unknown}', but must be among {string.Join(", ", Models)}.");
        }

        if (Array.Exists(sides, side => side is < SmallestSide or > LargestSide))
        {
            throw new UserException(
                $"--sides has {sides.First(side => side is < SmallestSide or > LargestSide)}, but must be {SmallestSide} to {LargestSide}: a segment of 600 steps has to fit.");
        }

        OutputFile.Require(output);

        int exitCode = ExitCodes.Done;
        int longest = models.Max(model => model.Length);
        var costs = new List<StepCost>();
        foreach (string model in models)
        {
            string? stopped = null;
            foreach (int side in sides.Order())
            {
                (StepCost cost, string? failure) = stopped is null
                    ? await StepProcess.MeasureAsync(model, side, caps, cancellation)
                    : (new StepCost(model, side * side, caps.Batch, null, null, $"left out: {stopped} before"), null);
                stopped ??= cost.Status == StepCost.Measured ? null : cost.Status;
                costs.Add(cost);
                AnsiConsole.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{cost.Model.PadRight(longest)} {cost.Length,9:N0} steps  {Numbers(cost)}"));
                if (failure is not null)
                {
                    // What does not fit is a result; what went wrong is none.
                    await Console.Error.WriteLineAsync($"{cost.Model} of {cost.Length} steps failed: {failure}");
                    exitCode = ExitCodes.Failed;
                }

                if (output is not null)
                {
                    StepCost.Write(output, costs, Remarks(caps)); // after each: an interrupted measurement keeps what it has
                }
            }
        }

        return exitCode;
    }

    private static string Numbers(StepCost cost) => cost.Status == StepCost.Measured
        ? string.Create(CultureInfo.InvariantCulture, $"{cost.Seconds,8:0.00} s  {cost.Mebibytes,7:N0} MiB")
        : cost.Status;

    private static IEnumerable<string> Remarks(MeasureCaps caps)
    {
        RunEnvironment machine = RunEnvironment.Capture(0, TorchSharp.torch.CPU, TimeProvider.System);
        return
        [
            $"A training step of both losses at the paper's sizes, batch {caps.Batch}: median of {caps.Steps} steps, resident memory above the loaded libraries.",
            $"Caps: {caps.Mebibytes} MiB, {caps.Seconds} s a length.",
            $"{machine.Processor}, {caps.Threads ?? machine.Cores} threads, {machine.OperatingSystem}; AuxLossRnn {machine.Kit} ({machine.Commit}), TorchSharp {machine.TorchSharpVersion}.",
        ];
    }
}
