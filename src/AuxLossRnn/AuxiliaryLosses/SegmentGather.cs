using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>Picks windows that begin at different steps of different examples, side by side as one batch.</summary>
public static class SegmentGather
{
    /// <summary>Row numbers into <c>[T·B]</c> of windows of equal length.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="examples">The example of each window.</param>
    /// <param name="starts">The first step of each window.</param>
    /// <param name="length">The steps of every window.</param>
    /// <returns>int64 <c>[length·R]</c>, time-major.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A window reaches outside the sequence.</exception>
    public static Tensor Rows(SequenceBatch batch, ReadOnlySpan<int> examples, ReadOnlySpan<int> starts, int length)
    {
        long[] rows = new long[length * starts.Length];
        for (int r = 0; r < starts.Length; r++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(starts[r]);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(starts[r] + length, batch.Steps);
            for (int t = 0; t < length; t++)
            {
                rows[t * starts.Length + r] = (long)(starts[r] + t) * batch.Size + examples[r];
            }
        }

        return Devices.Copy(rows, batch.Inputs.device); // [length·R]
    }

    /// <summary>The features and levels of such windows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">What <see cref="Rows"/> returned.</param>
    /// <param name="length">The steps of every window.</param>
    /// <returns>Inputs and tokens, both <c>[length, R, F]</c>.</returns>
    public static (Tensor Inputs, Tensor Tokens) Pick(SequenceBatch batch, Tensor rows, int length)
    {
        long features = batch.Inputs.shape[2];
        Tensor pick(Tensor from) => from.reshape(-1, features) // [T·B, F]
            .index_select(0, rows) // [length·R, F]
            .reshape(length, -1, features); // [length, R, F]
        return (pick(batch.Inputs), pick(batch.Tokens));
    }
}
