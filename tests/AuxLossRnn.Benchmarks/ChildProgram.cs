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

    /// <summary>Does a step for each line, and answers with its milliseconds.</summary>
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
        StepRecipe recipe = JsonSerializer.Deserialize<StepRecipe>(arguments[1], KitJson.Line)!;
        StepMeasurement.UseLibrariesOnce();
        using Step step = Steps.Create(recipe);
        while (Console.ReadLine() is not null)
        {
            double answer = arguments[0] == Memory ? Growth(step) : step.Time();
            Console.WriteLine(answer.ToString("R", CultureInfo.InvariantCulture));
        }
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
