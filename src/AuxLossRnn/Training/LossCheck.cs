using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Finds what a loss of one's own got wrong, in its terms: libtorch would speak of rows and narrowings, or read padding in silence.</summary>
internal static class LossCheck
{
    /// <summary>Checks where a loss lies.</summary>
    /// <param name="loss">The loss's name.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">Its segments.</param>
    /// <param name="needs">The states it wants there.</param>
    /// <exception cref="UserException">A segment lies outside of the batch, or an anchor outside of its sequence.</exception>
    public static void Segments(string loss, SequenceBatch batch, IReadOnlyList<Segment> segments, StatesNeeded needs)
    {
        int after = needs.StepsAfter > 0 ? 1 : 0; // an output after the anchor needs a step there
        foreach (Segment segment in segments)
        {
            if (segment.Example < 0 || segment.Example >= batch.Size)
            {
                throw new UserException(
                    $"The loss '{loss}' drew a segment of example {segment.Example} in a batch of {batch.Size}. Its Draw must give examples from 0 to {batch.Size - 1}.");
            }

            int most = batch.OwnLengths[segment.Example] - after;
            if (segment.Anchor < 0 || segment.Anchor > most)
            {
                throw new UserException(
                    $"The loss '{loss}' drew an anchor after {segment.Anchor} steps of a sequence of {batch.OwnLengths[segment.Example]}. Its Draw must give "
                    + $"anchors from 0 to {most} there{(after > 0 ? ", because it needs a step after them" : "")}: lengths[{segment.Example}] says how long the sequence is.");
            }
        }
    }

    /// <summary>Checks what a loss came to.</summary>
    /// <param name="loss">The loss's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The value, a scalar.</returns>
    /// <exception cref="UserException">It is no scalar.</exception>
    public static Tensor Scalar(string loss, Tensor value) => value.dim() == 0
        ? value
        : throw new UserException(
            $"The loss '{loss}' gave a tensor [{string.Join(", ", value.shape)}], but must give a scalar. End its Compute with .mean() or .sum().");
}
