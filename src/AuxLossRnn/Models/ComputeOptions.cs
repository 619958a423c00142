using AuxLossRnn.Kernels;

namespace AuxLossRnn.Models;

/// <summary>How a model computes. Each shortcut can be left out, to test it and to measure what it gains.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="FusedLstm">The kit's kernel for LSTM, GRU and IRNN where the processor has vectors for it, libtorch's elsewhere.</param>
/// <param name="FoldedInput">A linear input projection folded into the input weights: an LSTM's whoever computes it, a GRU's and an IRNN's with the kit's kernel.</param>
/// <param name="FusedHead">The token loss and its gradient block by block, in cache; needs the kit's kernel.</param>
public sealed record ComputeOptions(
    Precision Precision = Precision.Float32, bool FusedLstm = true, bool FoldedInput = true, bool FusedHead = true)
{
    /// <summary>The processor's instructions that the kit's kernels use, by name; null where libtorch computes everything.</summary>
    public static string? Instructions => Lanes.Instructions;
}
