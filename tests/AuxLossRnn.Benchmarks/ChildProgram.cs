using System.Globalization;
using System.Text.Json;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks;

/// <summary>What a process does that the benchmarks started: it answers each line it reads, and ends with its input.</summary>
internal static class ChildProgram
{
    /// <summary>The first argument of such a process.</summary>
    public const string Argument = "child";

    /// <summary>Does the step of the number that it reads and answers with its milliseconds; to two numbers, with how far those steps lie apart.</summary>
    public const string Time = "time";

    /// <summary>Does one step, and answers with the resident memory in bytes that it needed at its peak.</summary>
    public const string Memory = "memory";

    /// <summary>Keeps one core busy from the first line on.</summary>
    public const string Spin = "spin";

    /// <summary>Runs until the input ends.</summary>
    public static void Run(string[] arguments)
    {
        if (arguments[0] == Spin)
        {
            Console.ReadLine();
            Console.WriteLine("spinning");
            Task end = Task.Run(Console.In.ReadToEnd);
            while (!end.IsCompleted)
            {
            }

            return;
        }

        TorchThreads.Use(int.Parse(arguments[2], CultureInfo.InvariantCulture));
        Steps.Device = Devices.Choose(arguments[3]);
        StepMeasurement.UseLibrariesOnce();
        Step[] steps = [.. JsonSerializer.Deserialize<StepRecipe[]>(arguments[1], KitJson.Line)!.Select(Steps.Create)];
        while (Console.ReadLine() is string question)
        {
            int[] which = [.. question.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
            double[] answer = arguments[0] == Memory ? [Growth(steps[0])] : which is [int one, int other] ? Distance(steps[one], steps[other]) : [steps[which[0]].Time()];
            Console.WriteLine(string.Join(' ', answer.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
        }
    }

    private static double[] Distance(Step step, Step other)
    {
        (double loss, double gradient) = ((TrainingStep)step).DistanceTo((TrainingStep)other);
        return [loss, gradient];
    }

    private static double Growth(Step step)
    {
        // 5 sets the peak back to what is resident now.
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Status("VmRSS:");
        step.Time();
        return Status("VmHWM:") - before;
    }

    private static long Status(string name)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
