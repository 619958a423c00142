namespace AuxLossRnn.Benchmarks;

/// <summary>How long a step took.</summary>
/// <param name="Section">The section.</param>
/// <param name="Name">What was timed.</param>
/// <param name="Instructions">The highest instruction set that it might use.</param>
/// <param name="Precision">The number format that it computed in.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="T">The time steps of a sequence.</param>
/// <param name="Batch">The batch size B.</param>
/// <param name="MillisecondsMedian">The median.</param>
/// <param name="Min">The fastest repetition, in milliseconds.</param>
/// <param name="Max">The slowest repetition, in milliseconds.</param>
/// <param name="Repetitions">How many repetitions.</param>
/// <param name="Flop">The floating-point operations that the step's mathematics needs.</param>
internal sealed record Measurement(
    string Section, string Name, string Instructions, string Precision, int Threads, int? T, int? Batch,
    double MillisecondsMedian, double Min, double Max, int Repetitions, long? Flop)
{
    /// <summary>Sums up the repetitions of a step.</summary>
    /// <param name="section">The section.</param>
    /// <param name="name">What was timed.</param>
    /// <param name="shape">What the step is.</param>
    /// <param name="times">Milliseconds.</param>
    public static Measurement Of(string section, string name, StepShape shape, double[] times) => new(
        section, name, shape.Instructions, shape.Precision, shape.Threads, shape.T, shape.Batch,
        Math.Round(Harness.Median(times), 3), Math.Round(times.Min(), 3), Math.Round(times.Max(), 3), times.Length, shape.Flop);
}

/// <summary>What follows from measurements.</summary>
/// <param name="Section">The section.</param>
/// <param name="Name">What it is.</param>
/// <param name="Instructions">The instruction set, where it belongs to one step.</param>
/// <param name="Precision">The number format, where it belongs to one step.</param>
/// <param name="Threads">libtorch's threads, where it belongs to one step.</param>
/// <param name="T">The time steps of a sequence, where it belongs to one length.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Its unit; × for a ratio.</param>
/// <param name="Note">What to know about it; empty if nothing.</param>
internal sealed record Finding(
    string Section, string Name, string? Instructions, string? Precision, int? Threads, int? T, double Value, string Unit, string Note = "");
