using AuxLossRnn.Runtime;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>Draws anchors and segments (§2: n random anchors, each with a random segment of length l).</summary>
/// <param name="anchors">The anchors N of each example.</param>
/// <param name="length">The segment length L.</param>
/// <param name="schedule">How often they are drawn.</param>
/// <param name="placement">Where a reconstructed segment lies before its anchor.</param>
/// <param name="seed">The run's seed.</param>
public sealed class SegmentSampler(
    int anchors, int length, AnchorSchedule schedule, SegmentPlacement placement, long seed)
{
    /// <summary>Segments before their anchors, for reconstruction, at one training step.</summary>
    /// <param name="steps">The time steps T.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="step">The training step: the draw is a function of it and the seed.</param>
    /// <returns>N·B segments. Inputs are steps s … s+L−1, targets s+1 … s+L, so a ≤ T − 1 and 0 ≤ s ≤ a − L.</returns>
    public Segment[] BeforeAnchors(int steps, int batch, long step) => Draw(steps, batch, step, stream =>
    {
        int anchor = length + stream.Next(steps - length);
        int start = placement == SegmentPlacement.Adjacent ? anchor - length : stream.Next(anchor - length + 1);
        return (anchor, start);
    });

    /// <summary>Segments from their anchors on, for prediction, at one training step.</summary>
    /// <param name="steps">The time steps T.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="step">The training step.</param>
    /// <returns>N·B segments that start at their anchor; targets end at step a + L ≤ T − 1.</returns>
    public Segment[] AfterAnchors(int steps, int batch, long step) => Draw(steps, batch, step, stream =>
    {
        int anchor = stream.Next(steps - length);
        return (anchor, anchor);
    });

    private Segment[] Draw(int steps, int batch, long step, Func<RandomStream, (int Anchor, int Start)> draw)
    {
        if (length < 1 || length >= steps)
        {
            throw new UserException(
                $"A segment of {length} steps does not fit a sequence of {steps}: it needs at least one step more for its last "
                + $"target. Choose --segment between 1 and {steps - 1}.");
        }

        var stream = new RandomStream(seed, RandomPurpose.Anchors, schedule == AnchorSchedule.OncePerRun ? -1 : step);
        var segments = new Segment[anchors * batch];
        for (int n = 0; n < anchors; n++)
        {
            (int anchor, int start) = draw(stream);
            for (int b = 0; b < batch; b++)
            {
                if (b > 0 && schedule == AnchorSchedule.EveryExample)
                {
                    (anchor, start) = draw(stream);
                }

                segments[n * batch + b] = new Segment(b, anchor, start, n);
            }
        }

        return segments;
    }
}
