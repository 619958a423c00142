using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Commands;

/// <summary><c>auxloss measure step</c>: what <c>auxloss measure</c> starts for each model and length.</summary>
/// <remarks>
/// It writes two lines: the resident bytes once the libraries are loaded, and the seconds and bytes of a step, or
/// <see cref="OutOfMemory"/>. It lives as long as its standard input is open.
/// </remarks>
internal static class MeasureStepCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "step";

    /// <summary>The answer where the memory for a step could not be had.</summary>
    public const string OutOfMemory = "out of memory";

    // libtorch's allocator has no exception of its own.
    private static readonly string[] AllocatorsWords = ["can't allocate memory", "not enough memory", "bad_alloc", "out of memory"];

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command(Name, "Measure one model at one length; auxloss measure does this.") { Hidden = true };
        var model = new Argument<string>("MODEL");
        Argument<int>[] numbers = [new("SIDE"), new("BATCH"), new("STEPS"), new("THREADS")];
        command.Add(model);
        foreach (Argument<int> number in numbers)
        {
            command.Add(number);
        }

        command.SetAction(parsed =>
        {
            EndWithTheParent();
            int[] values = [.. numbers.Select(parsed.GetValue)];
            TorchThreads.Use(values[3] > 0 ? values[3] : null);
            StepMeasurement.UseLibrariesOnce();
            Console.WriteLine(Environment.WorkingSet.ToString(CultureInfo.InvariantCulture));
            try
            {
                (double seconds, long bytes) = StepMeasurement.Run(StepMeasurement.Spec(parsed.GetValue(model)!, values[0], values[1]), values[2]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:R} {bytes}"));
            }
            catch (Exception failure) when (IsOutOfMemory(failure))
            {
                Console.WriteLine(OutOfMemory);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static bool IsOutOfMemory(Exception? failure) => failure is not null
        && (failure is OutOfMemoryException
            || AllocatorsWords.Any(words => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
            || IsOutOfMemory(failure.InnerException));

    private static void EndWithTheParent() => ParentPipe.WhenClosed(() =>
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    });
}
