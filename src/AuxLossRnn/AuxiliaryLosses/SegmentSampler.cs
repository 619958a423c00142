using AuxLossRnn.Runtime;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>Draws anchors and segments (§2: n random anchors, each with a random segment of length l).</summary>
/// <param name="anchors">The anchors N of each example.</param>
/// <param name="length">The segment length L.</param>
/// <param name="schedule">How often they are drawn.</param>
/// <param name="placement">Where a reconstructed segment lies before its anchor.</param>
/// <param name="random">Where the draws come from.</param>
/// <remarks>
/// Where the lengths of a batch differ, each segment lies within its example's own length: drawn for the whole batch, the
/// same random numbers are scaled to what is possible in each example. A sequence of no more than L steps has a shorter
/// segment, of all that fits (<see cref="Segment.LengthWithin"/>); one without two steps has none.
/// </remarks>
public sealed class SegmentSampler(
    int anchors, int length, AnchorSchedule schedule, SegmentPlacement placement, LossRandom random)
{
    /// <summary>Segments before their anchors, for reconstruction, at one training step.</summary>
    /// <param name="steps">The time steps T of every sequence.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="step">The training step: the draw is a function of it and the seed.</param>
    /// <returns>N·B segments. Inputs are steps s … s+L−1, targets s+1 … s+L, so a ≤ T − 1 and 0 ≤ s ≤ a − L.</returns>
    /// <exception cref="UserException">A segment does not fit.</exception>
    public Segment[] BeforeAnchors(int steps, int batch, long step) => BeforeAnchors(Equal(steps, batch), step);

    /// <summary>Segments before their anchors, for reconstruction, at one training step.</summary>
    /// <param name="lengths">The time steps T of each sequence.</param>
    /// <param name="step">The training step: the draw is a function of it and the seed.</param>
    /// <returns>N segments an example, as for equal lengths, each with its own T and L; none where no sequence has two steps.</returns>
    public Segment[] BeforeAnchors(IReadOnlyList<int> lengths, long step) => Draw(lengths, step, (stream, steps, fitting) =>
    {
        int anchor = fitting + stream.Next(steps - fitting);
        int start = placement == SegmentPlacement.Adjacent ? anchor - fitting : stream.Next(anchor - fitting + 1);
        return (anchor, start);
    });

    /// <summary>Segments from their anchors on, for prediction, at one training step.</summary>
    /// <param name="steps">The time steps T of every sequence.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="step">The training step.</param>
    /// <returns>N·B segments that start at their anchor; targets end at step a + L ≤ T − 1.</returns>
    /// <exception cref="UserException">A segment does not fit.</exception>
    public Segment[] AfterAnchors(int steps, int batch, long step) => AfterAnchors(Equal(steps, batch), step);

    /// <summary>Segments from their anchors on, for prediction, at one training step.</summary>
    /// <param name="lengths">The time steps T of each sequence.</param>
    /// <param name="step">The training step.</param>
    /// <returns>N segments an example, as for equal lengths, each with its own T and L; none where no sequence has two steps.</returns>
    public Segment[] AfterAnchors(IReadOnlyList<int> lengths, long step) => Draw(lengths, step, (stream, steps, fitting) =>
    {
        int anchor = stream.Next(steps - fitting);
        return (anchor, anchor);
    });

    private int[] Equal(int steps, int batch)
    {
        if (length < 1 || length >= steps)
        {
            throw new UserException(
                $"A segment of {length} steps does not fit a sequence of {steps}: it needs at least one step more for its last "
                + $"target. Choose ‹Segment› between 1 and {steps - 1}.");
        }

        int[] lengths = new int[batch];
        Array.Fill(lengths, steps);
        return lengths;
    }

    private Segment[] Draw(
        IReadOnlyList<int> lengths, long step, Func<RandomStream, int, int, (int Anchor, int Start)> draw)
    {
        int[] examples = [.. Enumerable.Range(0, lengths.Count).Where(b => Segment.LengthWithin(length, lengths[b]) > 0)];
        RandomStream stream = random.At(schedule == AnchorSchedule.OncePerRun ? -1 : step);
        var segments = new List<Segment>(anchors * examples.Length);
        for (int n = 0; n < anchors; n++)
        {
            // Each example of a batch draws from the same place of the stream, unless each is to draw its own.
            RandomStream shared = stream.Clone();
            foreach (int b in examples)
            {
                RandomStream own = schedule == AnchorSchedule.EveryExample ? stream : shared.Clone();
                (int anchor, int start) = draw(own, lengths[b], Segment.LengthWithin(length, lengths[b]));
                segments.Add(new Segment(b, anchor, start, n));
                stream = own;
            }
        }

        return [.. segments];
    }
}
