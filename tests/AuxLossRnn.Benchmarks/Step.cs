namespace AuxLossRnn.Benchmarks;

/// <summary>What is timed: one whole step at a time.</summary>
/// <param name="shape">What the step is, for the record.</param>
internal abstract class Step(StepShape shape) : IDisposable
{
    /// <summary>What the step is.</summary>
    public StepShape Shape => shape;

    /// <summary>Does one step.</summary>
    /// <returns>The milliseconds it took.</returns>
    public abstract double Time();

    public abstract void Dispose();
}

/// <summary>What a step is, beside the time that it takes.</summary>
/// <param name="T">The time steps of a sequence; null where there is none.</param>
/// <param name="Batch">The batch size B; null where there is none.</param>
/// <param name="Precision">The number format that it computes in.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="Instructions">The highest instruction set that it may use.</param>
/// <param name="Flop">The floating-point operations that its mathematics needs (<see cref="Flops"/>); null if not counted.</param>
internal sealed record StepShape(int? T, int? Batch, string Precision, int Threads, string Instructions, long? Flop);
