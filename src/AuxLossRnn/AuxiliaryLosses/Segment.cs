using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>One segment of one example that an auxiliary loss predicts.</summary>
/// <param name="Example">The row of the batch.</param>
/// <param name="Anchor">The number of steps a read before the anchor: its main state is h_a.</param>
/// <param name="Start">The first step of the segment.</param>
/// <param name="Network">Which auxiliary network predicts it; 0 where all anchors share one.</param>
public readonly record struct Segment(int Example, int Anchor, int Start, int Network = 0)
{
    /// <summary>lᵢ: the segment length L, or what fits into a shorter sequence.</summary>
    /// <param name="length">The segment length L.</param>
    /// <param name="steps">The sequence's own length: its last target needs one step more than the segment.</param>
    public static int LengthWithin(int length, int steps) => Math.Min(length, steps - 1);

    /// <summary>The lengths lᵢ of some segments.</summary>
    /// <param name="batch">The batch that they lie in.</param>
    /// <param name="segments">The segments.</param>
    /// <param name="length">The segment length L.</param>
    public static int[] Lengths(SequenceBatch batch, IReadOnlyList<Segment> segments, int length) =>
        [.. segments.Select(segment => LengthWithin(length, batch.OwnLengths[segment.Example]))];

    /// <summary>A sum of losses over all segments: one call where the anchors share a network, otherwise one a network, on its own rows.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="networks">How many networks there are.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="sumOfLosses">The sum of some segments: which network, their rows <c>[r]</c> (null for all), and themselves.</param>
    internal static Tensor SumOverNetworks(
        IReadOnlyList<Segment> segments, int networks, Device device, Func<int, Tensor?, IReadOnlyList<Segment>, Tensor> sumOfLosses)
    {
        if (networks == 1)
        {
            return sumOfLosses(0, null, segments);
        }

        Tensor? sum = null;
        for (int network = 0; network < networks; network++)
        {
            int[] rows = [.. Enumerable.Range(0, segments.Count).Where(r => segments[r].Network == network)];
            if (rows.Length == 0)
            {
                continue;
            }

            Tensor part = sumOfLosses(
                network, Devices.Copy([.. rows.Select(r => (long)r)], device), [.. rows.Select(r => segments[r])]);
            sum = sum is null ? part : sum.Plus(part);
        }

        return sum!;
    }
}
