using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using CsCheck;

namespace AuxLossRnn.Tests.AuxiliaryLosses;

public sealed class SegmentSamplerTests
{
    private const int Steps = 12;
    private const int Length = 4;

    [Fact]
    public void Where_a_run_has_both_kinds_of_anchors_one_does_not_tell_the_other()
    {
        // That the losses of a model have these places is checked where several of one kind are.
        SegmentSampler at(int position) => new(1, 20, AnchorSchedule.EveryBatch, SegmentPlacement.Uniform, new LossRandom(5, position));
        for (int position = 1; position < 5; position++)
        {
            int[] between = [.. Enumerable.Range(0, 200).Select(step => at(position - 1).BeforeAnchors(100, 1, step)[0].Anchor - at(position).AfterAnchors(100, 1, step)[0].Anchor)];
            Assert.True(between.Distinct().Count() > 50);
        }
    }

    [Fact]
    public void Every_segment_lies_within_the_sequence()
    {
        Gen.Select(
            Gen.Int[1, 40], Gen.Int[1, 40], Gen.Long, Gen.Long[0, 1000],
            Gen.Enum<AnchorSchedule>(), Gen.Enum<SegmentPlacement>()).Sample((length, extra, seed, step, schedule, placement) =>
        {
            int steps = length + extra;
            var sampler = new SegmentSampler(2, length, schedule, placement, new LossRandom(seed));
            foreach ((_, int anchor, int start, _) in sampler.BeforeAnchors(steps, 3, step))
            {
                Assert.InRange(anchor, length, steps - 1);
                Assert.InRange(start, 0, anchor - length);
                Assert.True(placement != SegmentPlacement.Adjacent || start == anchor - length);
            }

            foreach ((_, int anchor, int start, _) in sampler.AfterAnchors(steps, 3, step))
            {
                Assert.InRange(anchor, 0, steps - 1 - length);
                Assert.Equal(anchor, start);
            }
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Every_segment_lies_within_its_own_sequence_where_lengths_differ()
    {
        Gen.Select(
            Gen.Int[1, 20], Gen.Int[0, 40].Array[1, 6], Gen.Long, Gen.Enum<AnchorSchedule>(), Gen.Enum<SegmentPlacement>()).Sample((length, lengths, seed, schedule, placement) =>
        {
            lengths[0] = Math.Max(2, lengths[0]);
            var sampler = new SegmentSampler(2, length, schedule, placement, new LossRandom(seed));
            Segment[] before = sampler.BeforeAnchors(lengths, 1), after = sampler.AfterAnchors(lengths, 1);
            int[] fitting = [.. Enumerable.Range(0, lengths.Length).Where(b => lengths[b] > 1)];
            Assert.Equal(from network in Enumerable.Range(0, 2) from b in fitting select (b, network), before.Select(segment => (segment.Example, segment.Network)));
            Assert.Equal(before.Select(segment => (segment.Example, segment.Network)), after.Select(segment => (segment.Example, segment.Network)));
            foreach ((int example, int anchor, int start, _) in before)
            {
                int own = Math.Min(length, lengths[example] - 1);
                Assert.InRange(anchor, own, lengths[example] - 1);
                Assert.InRange(start, 0, anchor - own);
                Assert.True(placement != SegmentPlacement.Adjacent || start == anchor - own);
            }

            foreach ((int example, int anchor, int start, _) in after)
            {
                Assert.InRange(anchor, 0, lengths[example] - 1 - Math.Min(length, lengths[example] - 1));
                Assert.Equal(anchor, start);
            }
        }, iter: 500, threads: 1);
    }

    [Theory]
    [InlineData(AnchorSchedule.EveryBatch)]
    [InlineData(AnchorSchedule.EveryExample)]
    [InlineData(AnchorSchedule.OncePerRun)]
    public void Equal_lengths_draw_what_one_length_draws(AnchorSchedule schedule)
    {
        var sampler = new SegmentSampler(3, Length, schedule, SegmentPlacement.Uniform, new LossRandom(5));
        int[] lengths = [.. Enumerable.Repeat(Steps, 4)];

        Assert.Equal(sampler.BeforeAnchors(Steps, 4, 9), sampler.BeforeAnchors(lengths, 9));
        Assert.Equal(sampler.AfterAnchors(Steps, 4, 9), sampler.AfterAnchors(lengths, 9));
    }

    [Fact]
    public void Drawn_every_batch_an_anchor_lies_at_the_same_part_of_each_sequence()
    {
        var sampler = new SegmentSampler(1, Length, AnchorSchedule.EveryBatch, SegmentPlacement.Uniform, new LossRandom(5));
        for (int step = 0; step < 50; step++)
        {
            double[] parts = [.. sampler.AfterAnchors([1_004, 504, 1_004, 2_004], step).Select((segment, b) => segment.Anchor / (new[] { 1_000.0, 500, 1_000, 2_000 })[b])];
            Assert.InRange(parts.Max() - parts.Min(), 0, 0.0021);
        }
    }

    [Fact]
    public void Anchors_before_which_segments_lie_are_uniform_from_L_to_T_minus_1() => AssertUniform(
        Draw(SegmentPlacement.Uniform).Select(segment => segment.Anchor), Length, Steps - 1);

    [Fact]
    public void Adjacent_segments_have_uniform_anchors_too() => AssertUniform(
        Draw(SegmentPlacement.Adjacent).Select(segment => segment.Anchor), Length, Steps - 1);

    [Fact]
    public void Anchors_after_which_segments_lie_are_uniform_from_0_to_T_minus_1_minus_L() => AssertUniform(
        new SegmentSampler(1, Length, AnchorSchedule.EveryExample, SegmentPlacement.Uniform, new LossRandom(5))
            .AfterAnchors(Steps, 8_000, 0).Select(segment => segment.Anchor),
        0, Steps - 1 - Length);

    [Theory]
    [InlineData(Length)]
    [InlineData(Length + 3)]
    [InlineData(Steps - 1)]
    public void Starts_before_an_anchor_are_uniform_from_0_to_the_anchor_minus_L(int anchor) => AssertUniform(
        Draw(SegmentPlacement.Uniform).Where(segment => segment.Anchor == anchor).Select(segment => segment.Start), 0, anchor - Length);

    [Fact]
    public void Drawn_every_batch_they_differ_between_batches_and_are_shared_within_one()
    {
        Segment[][] draws = DrawSteps(AnchorSchedule.EveryBatch);

        Assert.All(draws, draw => Assert.Equal(2, draw.Select(segment => (segment.Anchor, segment.Start, segment.Network)).Distinct().Count()));
        Assert.True(draws.Select(draw => draw[0].Anchor).Distinct().Count() > 5);
        Assert.Contains(draws, draw => draw[0].Anchor != draw[^1].Anchor);
    }

    [Fact]
    public void Drawn_every_example_they_differ_within_a_batch_and_between_batches()
    {
        Segment[][] draws = DrawSteps(AnchorSchedule.EveryExample);

        Assert.All(draws, draw => Assert.True(draw.Select(segment => (segment.Anchor, segment.Start)).Distinct().Count() > 4));
        Assert.True(draws.Select(draw => draw[0].Anchor).Distinct().Count() > 5);
    }

    [Fact]
    public void Drawn_once_they_are_the_same_for_a_whole_run_and_others_for_another_seed()
    {
        Segment[][] draws = DrawSteps(AnchorSchedule.OncePerRun);

        Assert.All(draws, draw => Assert.Equal(draws[0], draw));
        Assert.True(Enumerable.Range(0, 30).Select(seed => DrawSteps(AnchorSchedule.OncePerRun, seed)[0][0].Anchor).Distinct().Count() > 5);
    }

    [Fact]
    public void Each_example_has_a_segment_of_each_anchor()
    {
        Segment[] draw = DrawSteps(AnchorSchedule.EveryExample)[0];

        Assert.Equal(
            from network in Enumerable.Range(0, 2) from example in Enumerable.Range(0, 8) select (example, network),
            draw.Select(segment => (segment.Example, segment.Network)));
    }

    [Theory]
    [InlineData(4, 4)]
    [InlineData(9, 4)]
    [InlineData(0, 4)]
    public void A_segment_that_does_not_fit_is_refused_with_the_lengths_that_do(int length, int steps)
    {
        var sampler = new SegmentSampler(1, length, AnchorSchedule.EveryBatch, SegmentPlacement.Uniform, new LossRandom(1));

        Assert.Contains("between 1 and 3", Assert.Throws<UserException>(() => sampler.BeforeAnchors(steps, 1, 0)).Message);
        Assert.Throws<UserException>(() => sampler.AfterAnchors(steps, 1, 0));
    }

    private static Segment[] Draw(SegmentPlacement placement) =>
        new SegmentSampler(1, Length, AnchorSchedule.EveryExample, placement, new LossRandom(3)).BeforeAnchors(Steps, 8_000, 0);

    private static Segment[][] DrawSteps(AnchorSchedule schedule, long seed = 2)
    {
        var sampler = new SegmentSampler(2, Length, schedule, SegmentPlacement.Uniform, new LossRandom(seed));
        return [.. Enumerable.Range(0, 50).Select(step => sampler.BeforeAnchors(Steps, 8, step))];
    }

    /// <summary>Every value of the range occurs, and no other; each within five standard deviations of its share.</summary>
    private static void AssertUniform(IEnumerable<int> values, int low, int high)
    {
        int[] all = [.. values];
        Assert.All(all, value => Assert.InRange(value, low, high));
        double share = 1.0 / (high - low + 1);
        double spread = 5 * Math.Sqrt(all.Length * share * (1 - share));
        for (int value = low; value <= high; value++)
        {
            Assert.InRange(all.Count(other => other == value), all.Length * share - spread, all.Length * share + spread);
        }
    }
}
