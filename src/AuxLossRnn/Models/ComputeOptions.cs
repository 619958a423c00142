using System.Text.Json.Serialization;

namespace AuxLossRnn.Models;

/// <summary>How products are computed.</summary>
public enum Precision
{
    /// <summary>Everything in float32.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>Operands of large products rounded to bfloat16, their sums and everything else in float32.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}

/// <summary>How a model computes. Each shortcut can be left out, to test it and to measure what it gains.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="FusedLstm">The kit's LSTM kernel where the processor has AVX-512, libtorch's elsewhere.</param>
/// <param name="FoldedInput">A linear input projection folded into the LSTM's input weights; needs the kit's kernel.</param>
/// <param name="FusedHead">The token loss and its gradient block by block, in cache; needs the kit's kernel.</param>
public sealed record ComputeOptions(
    Precision Precision = Precision.Float32, bool FusedLstm = true, bool FoldedInput = true, bool FusedHead = true);
