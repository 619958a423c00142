using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Benchmarks;

/// <summary>How much is measured.</summary>
/// <param name="Quick">Seconds: shows only that the benchmarks run.</param>
internal sealed record Settings(bool Quick)
{
    // The dearer token loss, which the measurements of docs/speed.md have.
    private static readonly ExperimentSpec Paper = new() { TokenLoss = TokenLoss.CrossEntropy };

    /// <summary>The paper's r-LSTM on MNIST: one anchor, 600 steps reconstructed, gradients cut after 300.</summary>
    public StepRecipe Joint { get; } = Quick
        ? new(Paper with { Batch = 8, Truncation = Truncation.Last(24), AuxiliaryTruncation = Truncation.Last(24), Segment = 40 }, 64)
        : new(Paper, 784);

    /// <summary>Three lengths of sequence.</summary>
    public int[] Lengths => Quick ? [64, 128, 256] : [1_024, 4_096, 16_384];

    /// <summary>The rows of the matrices whose product is the measure of speed.</summary>
    public int MatrixSize => Quick ? 256 : 2_048;

    /// <summary>Resident memory above which full backpropagation is not tried.</summary>
    public double LimitMiB => Quick ? 30 : 4_096;

    /// <summary>Repetitions of what takes about a second, where two things are compared.</summary>
    public int Pairs => Quick ? 2 : 10;

    /// <summary>Repetitions of what takes longer, or is compared with nothing.</summary>
    public int Repetitions => Quick ? 1 : 5;
}
