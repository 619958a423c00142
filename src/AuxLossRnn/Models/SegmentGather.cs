using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>Picks windows that begin at different steps of different examples, side by side as one batch.</summary>
public static class SegmentGather
{
    /// <summary>Row numbers into <c>[T·B]</c> of windows of equal length.</summary>
    /// <remarks>A window that reaches past its sequence's end repeats the last step: padding is not read.</remarks>
    /// <param name="batch">The batch.</param>
    /// <param name="examples">The example of each window.</param>
    /// <param name="starts">The first step of each window.</param>
    /// <param name="length">The steps of every window.</param>
    /// <returns>int64 <c>[length·R]</c>, time-major.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A window begins outside its sequence.</exception>
    public static Tensor Rows(SequenceBatch batch, ReadOnlySpan<int> examples, ReadOnlySpan<int> starts, int length)
    {
        long[] rows = new long[length * starts.Length];
        int size = batch.Size;
        for (int r = 0; r < starts.Length; r++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(starts[r]);
            int last = batch.OwnLengths[examples[r]] - 1;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(starts[r], last);
            for (int t = 0; t < length; t++)
            {
                rows[t * starts.Length + r] = (long)Math.Min(starts[r] + t, last) * size + examples[r];
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

    /// <summary>Which of the tokens <c>[L·R]</c> exist where segments have lengths of their own.</summary>
    /// <param name="lengths">The length lᵢ of each segment.</param>
    /// <param name="longest">L, the steps computed of each.</param>
    /// <param name="device">Where to.</param>
    /// <returns>int64 <c>[Σᵢ lᵢ]</c>, time-major; null where all exist.</returns>
    public static Tensor? Existing(int[] lengths, int longest, Device device)
    {
        int sum = lengths.Sum();
        if (sum == longest * lengths.Length)
        {
            return null;
        }

        long[] rows = new long[sum];
        for (int t = 0, i = 0; t < longest; t++)
        {
            for (int r = 0; r < lengths.Length; r++)
            {
                if (t < lengths[r])
                {
                    rows[i++] = (long)t * lengths.Length + r;
                }
            }
        }

        return Devices.Copy(rows, device); // [Σ l]
    }
}
