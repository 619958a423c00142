using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Reference;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>Losses and gradients of every route against the float64 reference.</summary>
[Collection(OneAtATime.Name)]
public sealed class GradientRoutesTests
{
    private static readonly ModelName[] Lstms = [ModelName.Lstm, ModelName.RLstm, ModelName.PLstm, ModelName.RpLstm];

    private static readonly ModelName[] Pairs =
    [
        "r-gru", "p-gru", "rp-gru", "r-irnn", "p-irnn", "rp-irnn", "r-urnn", "p-urnn", "rp-urnn", "r-lstm", "rp-lstm",
    ];

    private const double Tolerance = 1e-10;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 150)];

    /// <summary>A hundred and fifty random combinations of every option, each with other sizes and truncations.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Any_combination_of_options_has_the_gradients_of_the_reference(int seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Split);
        (ExperimentSpec spec, int steps) = Any(seed, random, Lstms);
        spec = spec with { AuxiliaryHidden = random.Next(2) == 0 ? null : spec.Hidden + 1 };
        bool supervised = !spec.HasAuxiliaryLoss || random.Next(3) > 0;
        spec = spec with { SegmentCheckpointing = random.Next(2) == 0 };
        using var tiny = new TinyCase(spec, steps, 1 + random.Next(3), 1 + random.Next(2)).Draw(seed);

        AssertEqual(tiny, supervised);
    }

    /// <summary>The same of encoders that the paper has no rule for, and of decoders that start from a linear map.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void So_it_has_with_another_encoder_or_a_mapped_start(int seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Split);
        (ExperimentSpec spec, int steps) = Any(seed, random, Pairs);
        bool copies = random.Next(2) == 0;
        int state = spec.Model.Encoder == "urnn" ? 2 * spec.Hidden : spec.Hidden;
        spec = spec with
        {
            DecoderStart = copies ? DecoderStart.Copy : DecoderStart.Linear,
            AuxiliaryHidden = random.Next(3) switch
            {
                0 => null,
                1 => state + 1,
                _ => copies ? state : state - 1,
            },
            SegmentCheckpointing = random.Next(2) == 0,
        };
        using var tiny = new TinyCase(spec, steps, 1 + random.Next(3), 1 + random.Next(2)).Move().Draw(seed);

        AssertEqual(tiny, supervised: random.Next(3) > 0);
    }

    [Theory]
    [InlineData("gru", "full")]
    [InlineData("gru", "0")]
    [InlineData("gru", "1")]
    [InlineData("gru", "3")]
    [InlineData("irnn", "full")]
    [InlineData("irnn", "0")]
    [InlineData("irnn", "1")]
    [InlineData("irnn", "3")]
    public void Both_losses_on_an_encoder_of_one_state_have_the_gradients_of_the_reference_at_every_truncation(string encoder, string truncation)
    {
        foreach (string losses in new[] { "r", "p", "rp" })
        {
            foreach (SegmentTruncation chunks in Enum.GetValues<SegmentTruncation>())
            {
                ExperimentSpec spec = TinyCase.TinySpec with
                {
                    Model = $"{losses}-{encoder}",
                    Truncation = Truncation.Parse("4"),
                    AuxiliaryTruncation = Truncation.Parse(truncation),
                    SegmentTruncation = chunks,
                    TokenLoss = TokenLoss.SquaredError,
                };
                Segment[] before = [new(0, 3, 0), new(1, 9, 1), new(0, 8, 5), new(1, 4, 1)];
                Segment[] after = [new(1, 0, 0), new(0, 6, 6), new(1, 2, 2)];
                using TinyCase tiny = new TinyCase(spec, 10, 2, 1).Move().With(spec.Reconstructs ? before : [], spec.Predicts ? after : []);

                AssertEqual(tiny, supervised: true);
            }
        }
    }

    private static (ExperimentSpec Spec, int Steps) Any(int seed, RandomStream random, ModelName[] models)
    {
        TValue Any<TValue>()
            where TValue : struct, Enum => Enum.GetValues<TValue>()[random.Next(Enum.GetValues<TValue>().Length)];
        int steps = 5 + random.Next(6);
        Truncation Truncated() => random.Next(4) switch
        {
            0 => Truncation.Full,
            1 => Truncation.None,
            _ => Truncation.Last(1 + random.Next(steps + 2)),
        };
        var spec = new ExperimentSpec
        {
            Seed = seed,
            Model = models[random.Next(models.Length)],
            Encoding = Any<InputEncoding>(),
            EncodingSize = 2,
            Hidden = 2 + random.Next(2),
            FeedForwardHidden = 3,
            DropRate = 0,
            Activation = Activation.ReLU,
            Initialisation = Any<Initialisation>(),
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
        return (spec, steps);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "2")]
    [InlineData("4", "3")]
    [InlineData("full", "4")]
    [InlineData("3", "full")]
    [InlineData("full", "full")]
    public void Overlapping_windows_stop_each_gradient_at_its_own_step(string truncation, string auxiliary)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = ModelName.RpLstm,
            Truncation = Truncation.Parse(truncation),
            AuxiliaryTruncation = Truncation.Parse(auxiliary),
        };
        Segment[] before = [new(0, 3, 0), new(1, 9, 1), new(0, 8, 5), new(1, 4, 1)];
        Segment[] after = [new(1, 0, 0), new(0, 6, 6), new(1, 2, 2)];
        using TinyCase tiny = new TinyCase(spec, 10, 2, 1).With(before, after);

        AssertEqual(tiny, supervised: true);
    }

    [Fact]
    public void A_truncated_supervised_gradient_is_that_of_a_full_graph_detached_at_T_minus_K()
    {
        const int steps = 9, last = 4;
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.Lstm, Truncation = Truncation.Last(last) };
        using var tiny = new TinyCase(spec, steps, 2, 1);
        var (_, gradients) = tiny.Run();

        tiny.Model.zero_grad();
        var encoder = tiny.Model.Encoder;
        (_, EncoderState state) = encoder.Read(
            tiny.Batch.Inputs.narrow(0, 0, steps - last), tiny.Batch.Tokens.narrow(0, 0, steps - last), tiny.Model.Encoder.InitialState(2),
            ReadResult.State);
        (_, state) = encoder.Read(
            tiny.Batch.Inputs.narrow(0, steps - last, last), tiny.Batch.Tokens.narrow(0, steps - last, last), state.Detach(), ReadResult.State);
        nn.functional.cross_entropy(tiny.Model.Classify(state, null), tiny.Batch.Labels).backward();
        foreach ((string name, var weight) in tiny.Model.named_parameters())
        {
            double[] expected = weight.grad!.data<double>().ToArray();
            Assert.All(gradients[name].Zip(expected), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
        }
    }

    [Fact]
    public void Without_supervised_backpropagation_only_the_classifier_learns_from_labels()
    {
        using var tiny = new TinyCase(TinyCase.TinySpec with { Model = ModelName.Lstm, Truncation = Truncation.None }, 6, 2, 1);
        var (_, gradients) = tiny.Run();

        Assert.All(gradients.Where(entry => entry.Key.StartsWith("encoder", StringComparison.Ordinal)), entry =>
            Assert.All(entry.Value, value => Assert.Equal(0, value)));
        Assert.Contains(gradients["classifier.hidden.weight"], value => value != 0);
    }

    [Fact]
    public void Networks_that_are_not_shared_each_see_their_own_anchor()
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.RpLstm, Anchors = 2, SharedAuxiliaryNetwork = false };
        using TinyCase tiny = new TinyCase(spec, 8, 2, 1).Draw();
        BatchLosses both = tiny.Run().Losses;

        // Each network alone, on the segments of its anchor: the mean over both is the loss of both.
        double[] alone = [.. Enumerable.Range(0, 2).Select(n =>
        {
            using TinyCase one = new TinyCase(spec, 8, 2, 1).With([.. tiny.Before.Where(segment => segment.Network == n)], []);
            return one.Run(supervised: false).Losses.Reconstruction!.item<double>();
        })];
        Assert.NotEqual(alone[0], alone[1], 1e-6);
        Assert.Equal(alone.Average(), both.Reconstruction!.item<double>(), Tolerance);
    }

    private static void AssertEqual(TinyCase tiny, bool supervised)
    {
        ReferenceResult expected = tiny.Reference(supervised);
        var (losses, gradients) = tiny.Run(supervised);

        double Value(Tensor? loss) => loss is null ? 0 : loss.item<double>();
        Assert.Equal(expected.SupervisedLoss, Value(losses.Supervised), Tolerance);
        Assert.Equal(expected.ReconstructionLoss, Value(losses.Reconstruction), Tolerance);
        Assert.Equal(expected.PredictionLoss, Value(losses.Prediction), Tolerance);
        foreach ((string name, double[] values) in gradients)
        {
            double[] reference = expected.Gradients[name];
            double difference = values.Zip(reference, (a, b) => Math.Abs(a - b)).Max();
            Assert.True(
                difference < Tolerance,
                $"{name}: gradients differ by {difference} for\n{tiny.Spec}supervised {supervised}, T {tiny.Batch.Steps}, "
                + $"before {string.Join(" ", tiny.Before)}, after {string.Join(" ", tiny.After)}");
        }
    }
}
