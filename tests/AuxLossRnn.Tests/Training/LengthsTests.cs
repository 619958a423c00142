using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Reference;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>Sequences of differing lengths in one batch: what lies after a sequence's end takes part in nothing.</summary>
[Collection(OneAtATime.Name)]
public sealed class LengthsTests
{
    private const double Tolerance = 1e-10;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 100)];

    public static TheoryData<int> SomeSeeds => [.. Enumerable.Range(0, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_combination_of_options_and_lengths_has_the_gradients_of_the_reference(int seed)
    {
        (TinyCase tiny, bool supervised) = Any(seed);
        using (tiny)
        {
            ReferenceResult expected = tiny.Reference(supervised);
            var (losses, gradients) = tiny.Run(supervised);

            AssertNear(expected.SupervisedLoss, Value(losses.Supervised), "supervised", tiny);
            AssertNear(expected.ReconstructionLoss, Value(losses.Reconstruction), "reconstruction", tiny);
            AssertNear(expected.PredictionLoss, Value(losses.Prediction), "prediction", tiny);
            foreach ((string name, double[] values) in gradients)
            {
                AssertNear(0, values.Zip(expected.Gradients[name], (a, b) => Math.Abs(a - b)).Max(), name, tiny);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SomeSeeds))]
    public void What_the_padding_holds_changes_no_bit(int seed)
    {
        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            (TinyCase tiny, bool supervised) = Any(seed, type);
            using (tiny)
            {
                var (losses, gradients) = tiny.Run(supervised);
                double[] values = Values(losses);
                tiny.With(TinyCase.WithOtherPadding(tiny.Batch, seed));
                var (otherLosses, otherGradients) = tiny.Run(supervised);

                Assert.Equal(values, Values(otherLosses));
                Assert.All(gradients, gradient => Assert.Equal(gradient.Value, otherGradients[gradient.Key]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(SomeSeeds))]
    public void A_mixed_batch_has_the_gradients_of_its_examples_alone(int seed)
    {
        (TinyCase tiny, bool supervised) = Any(seed);
        using (tiny)
        {
            var (losses, gradients) = tiny.Run(supervised);
            SequenceBatch mixed = tiny.Batch;
            (Segment[] before, Segment[] after) = (tiny.Before, tiny.After);
            double Tokens(Segment[] segments) => Segment.Lengths(mixed, segments, tiny.Spec.Segment).Sum();

            // The mean over the batch, and the mean over the tokens: each example counts with its own part of them.
            double[] sums = new double[3];
            Dictionary<string, double[]> total = gradients.ToDictionary(entry => entry.Key, entry => new double[entry.Value.Length]);
            for (int b = 0; b < mixed.Size; b++)
            {
                Segment[] ownBefore = [.. before.Where(segment => segment.Example == b).Select(segment => segment with { Example = 0 })];
                Segment[] ownAfter = [.. after.Where(segment => segment.Example == b).Select(segment => segment with { Example = 0 })];
                SequenceBatch alone = Alone(mixed, b);
                tiny.With(alone);
                Add(0, 1.0 / mixed.Size, supervised, [], []);
                Add(1, Segment.Lengths(alone, ownBefore, tiny.Spec.Segment).Sum() / Tokens(before), false, ownBefore, []);
                Add(2, Segment.Lengths(alone, ownAfter, tiny.Spec.Segment).Sum() / Tokens(after), false, [], ownAfter);
            }

            AssertNear(Value(losses.Supervised), sums[0], "supervised", tiny);
            AssertNear(Value(losses.Reconstruction), sums[1], "reconstruction", tiny);
            AssertNear(Value(losses.Prediction), sums[2], "prediction", tiny);
            Assert.All(gradients, gradient => AssertNear(
                0, gradient.Value.Zip(total[gradient.Key], (x, y) => Math.Abs(x - y)).Max(), gradient.Key, tiny));

            void Add(int loss, double weight, bool isSupervised, Segment[] ownBefore, Segment[] ownAfter)
            {
                if (!isSupervised && ownBefore.Length + ownAfter.Length == 0)
                {
                    return;
                }

                var (part, partGradients) = tiny.With(ownBefore, ownAfter).Run(isSupervised);
                sums[loss] += weight * Value(part.Supervised ?? part.AuxiliarySum);
                foreach ((string name, double[] values) in partGradients)
                {
                    total[name] = [.. total[name].Zip(values, (sum, value) => sum + weight * value)];
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(SomeSeeds))]
    public void More_padding_after_equal_lengths_changes_nothing(int seed)
    {
        (TinyCase tiny, bool supervised) = Any(seed, equal: true);
        using (tiny)
        {
            var (losses, gradients) = tiny.Run(supervised);
            double[] values = Values(losses);
            SequenceBatch batch = tiny.Batch;
            tiny.With(batch with
            {
                Inputs = cat([batch.Inputs, ones_like(batch.Inputs)], 0), // [2T, B, F]
                Tokens = cat([batch.Tokens, ones_like(batch.Tokens)], 0), // [2T, B, F]
            });
            var (padded, paddedGradients) = tiny.Run(supervised);

            Assert.Equal(values, Values(padded));
            Assert.All(gradients, gradient => Assert.Equal(gradient.Value, paddedGradients[gradient.Key]));
        }
    }

    [Theory]
    [InlineData("full")]
    [InlineData("3")]
    [InlineData("none")]
    public void A_sequence_without_a_step_is_classified_by_the_zero_state_and_one_without_two_has_no_segment(string truncation)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = ModelName.RpLstm,
            Truncation = Truncation.Parse(truncation),
            AuxiliaryTruncation = Truncation.Last(2),
        };
        using TinyCase tiny = new TinyCase(spec, 6, 4, 1, lengths: [0, 1, 6, 2]).Draw();
        Assert.Equal([2, 3], tiny.Before.Select(segment => segment.Example));
        Assert.Equal([2, 3], tiny.After.Select(segment => segment.Example));

        ReferenceResult expected = tiny.Reference();
        var (losses, gradients) = tiny.Run();

        Assert.Equal(expected.TotalLoss, Values(losses).Sum(), Tolerance);
        Assert.All(gradients, gradient => Assert.Equal(expected.Gradients[gradient.Key].Sum(), gradient.Value.Sum(), Tolerance));

        using TinyCase empty = new TinyCase(spec, 1, 2, 1, lengths: [0, 1]).Draw();
        Assert.Empty(empty.Before);
        Assert.Empty(empty.After);
    }

    [Fact]
    public void Lengths_that_are_replaced_are_read_anew_and_travel_with_a_copy()
    {
        using TinyCase tiny = new(TinyCase.TinySpec, 4, 2, 1, lengths: [4, 2]);
        Assert.Equal([4, 2], tiny.Batch.OwnLengths);
        SequenceBatch other = tiny.Batch with { Lengths = tensor(new long[] { 3, 1 }) };

        Assert.Equal([3, 1], other.OwnLengths);
        Assert.Equal([4, 2], tiny.Batch.OwnLengths);
    }

    [Fact]
    public void A_transformer_reads_each_sequence_of_a_mixed_batch_once()
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.Transformer, Hidden = 8, Truncation = Truncation.Full };
        using TinyCase tiny = new(spec, 9, 7, 1, lengths: [9, 1, 4, 0, 7, 4, 2]);
        long read = 0;
        var projection = (TorchSharp.Modules.Linear)tiny.Model.named_modules().Single(one => one.name == "encoder.projection").module;
        projection.register_forward_pre_hook((_, encoded) =>
        {
            read += encoded.shape[0] * encoded.shape[1];
            return encoded; // [T, B, F]
        });
        tiny.Run();

        Assert.Equal(9 + 1 + 4 + 7 + 4 + 2, read);
    }

    [Theory]
    [InlineData("lstm", "full")]
    [InlineData("lstm", "2")]
    [InlineData("lstm", "none")]
    [InlineData("gru", "2")]
    [InlineData("irnn", "2")]
    [InlineData("urnn", "full")]
    [InlineData("transformer", "full")]
    public void The_evaluator_equals_a_loop_over_single_examples(ModelName model, string truncation)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = model, Hidden = 8, Truncation = Truncation.Parse(truncation), DropRate = 0.5 };
        using TinyCase tiny = new(spec, 9, 7, 1, type: ScalarType.Float32, lengths: [9, 1, 4, 0, 7, 4, 2]);
        var dataset = new BatchDataset(tiny.Batch);
        (double accuracy, double loss) = Evaluator.Run(tiny.Model, dataset, CPU);

        using var noGradient = no_grad();
        (int correct, double sum) = (0, 0);
        for (int b = 0; b < dataset.Count; b++)
        {
            EncoderState state = tiny.Model.Encoder.InitialState(1); // [1, 1, H]
            if (dataset.Length(b) > 0)
            {
                SequenceBatch alone = Alone(tiny.Batch, b);
                state = tiny.Model.Encoder.Read(alone.Inputs, alone.Tokens, state, ReadResult.State).State;
            }

            float[] logits = tiny.Model.Classify(state, null).data<float>().ToArray(); // [C]
            correct += Array.IndexOf(logits, logits.Max()) == dataset.Label(b) ? 1 : 0;
            sum += Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[dataset.Label(b)];
        }

        Assert.Equal(correct / 7.0, accuracy, 1e-9);
        Assert.Equal(sum / 7, loss, 1e-5);
    }

    /// <summary>A case of random options and lengths from 0 on, of which one is the batch's.</summary>
    private static (TinyCase Tiny, bool Supervised) Any(int seed, ScalarType type = ScalarType.Float64, bool equal = false)
    {
        var random = new RandomStream(seed, RandomPurpose.Split);
        TValue Any<TValue>()
            where TValue : struct, Enum => Enum.GetValues<TValue>()[random.Next(Enum.GetValues<TValue>().Length)];
        int steps = 5 + random.Next(6);
        Truncation Truncated() => random.Next(4) switch
        {
            0 => Truncation.Full,
            1 => Truncation.None,
            _ => Truncation.Last(1 + random.Next(steps + 2)),
        };
        ModelName[] kinds = [ModelName.Lstm, ModelName.RLstm, ModelName.PLstm, ModelName.RpLstm];
        var spec = new ExperimentSpec
        {
            Seed = seed,
            Model = kinds[seed % 4],
            Encoding = Any<InputEncoding>(),
            EncodingSize = 2,
            Hidden = 2 + random.Next(2),
            FeedForwardHidden = 3,
            DropRate = 0,
            Activation = Activation.ReLU,
            Truncation = Truncated(),
            AuxiliaryTruncation = Truncated(),
            SegmentTruncation = Any<SegmentTruncation>(),
            Anchors = 1 + random.Next(3),
            Segment = 1 + random.Next(4),
            AnchorSchedule = Any<AnchorSchedule>(),
            SegmentPlacement = Any<SegmentPlacement>(),
            DecoderInputs = Any<DecoderInputs>(),
            TokenLoss = Any<TokenLoss>(),
        };
        spec = spec with { AuxiliaryHidden = random.Next(2) == 0 ? null : spec.Hidden + 1 };
        bool supervised = !spec.HasAuxiliaryLoss || random.Next(3) > 0;
        int[] lengths = [.. Enumerable.Range(0, 2 + random.Next(3)).Select(_ => equal ? steps : random.Next(steps + 1))];
        lengths[random.Next(lengths.Length)] = steps;

        // The kit's kernels, or libtorch alone.
        ComputeOptions? compute = random.Next(3) > 0 ? null : new ComputeOptions(FusedLstm: false, FoldedInput: false, FusedHead: false);
        var tiny = new TinyCase(spec, steps, lengths.Length, 1 + random.Next(2), compute, type, lengths);
        return (tiny.Draw(seed), supervised);
    }

    internal static SequenceBatch Alone(SequenceBatch batch, int b)
    {
        int steps = Math.Max(1, batch.OwnLengths[b]);
        return new SequenceBatch(
            batch.Inputs.narrow(1, b, 1).narrow(0, 0, steps), batch.Tokens.narrow(1, b, 1).narrow(0, 0, steps),
            batch.Labels.narrow(0, b, 1), batch.Lengths.narrow(0, b, 1));
    }

    private static double[] Values(BatchLosses losses) => [Value(losses.Supervised), Value(losses.Reconstruction), Value(losses.Prediction)];

    private static double Value(Tensor? loss) => loss is null ? 0 : loss.to(ScalarType.Float64).item<double>();

    private static void AssertNear(double expected, double actual, string name, TinyCase tiny) => Assert.True(
        Math.Abs(expected - actual) < Tolerance,
        $"{name}: {actual} instead of {expected} for\n{tiny.Spec}lengths {string.Join(" ", tiny.Batch.OwnLengths)}, "
        + $"before {string.Join(" ", tiny.Before)}, after {string.Join(" ", tiny.After)}");

    /// <summary>The examples of one batch as a dataset.</summary>
    private sealed class BatchDataset(SequenceBatch all) : SequenceDataset
    {
        public override int Count => all.Size;

        public override int Steps => all.Steps;

        public override int Features => (int)all.Inputs.shape[2];

        public override int Classes => 3;

        public override int Length(int index) => all.OwnLengths[index];

        public override int Label(int index) => (int)all.Labels[index].item<long>();

        public override SequenceBatch Batch(ReadOnlySpan<int> indices)
        {
            Tensor rows = tensor([.. indices.ToArray().Select(index => (long)index)], dtype: ScalarType.Int64); // [B]
            return new SequenceBatch(
                all.Inputs.index_select(1, rows), all.Tokens.index_select(1, rows), all.Labels.index_select(0, rows),
                all.Lengths.index_select(0, rows));
        }
    }
}
