using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.AuxiliaryLosses;

/// <summary>Segments longer than the auxiliary truncation, and the mean over all of their steps.</summary>
[Collection(OneAtATime.Name)]
public sealed class SegmentTruncationTests
{
    private const double Tolerance = 1e-10;
    private const int Anchor = 7;
    private const int Length = 6;
    private const int Kept = 2;

    [Fact]
    public void Whole_decoders_train_the_main_lstm_with_all_their_steps() =>
        Assert.True(EffectOfTheLastTarget(SegmentTruncation.Whole) > 1e-6);

    [Fact]
    public void Chunked_decoders_train_the_main_lstm_with_their_first_K_steps_alone()
    {
        Assert.Equal(0, EffectOfTheLastTarget(SegmentTruncation.Chunked));

        // The first K steps alone, in a mean over L instead of K.
        double[] chunked = EncoderGradient(Spec(SegmentTruncation.Chunked), [new(0, Anchor, 1)], []);
        double[] first = EncoderGradient(Spec(SegmentTruncation.Whole) with { Segment = Kept }, [new(0, Anchor, 1)], []);
        Assert.Contains(chunked, value => Math.Abs(value) > 1e-6);
        Assert.All(chunked.Zip(first), pair => Assert.Equal(pair.Second * Kept / Length, pair.First, Tolerance));
    }

    [Fact]
    public void The_default_keeps_the_decoder_whole() => Assert.Equal(SegmentTruncation.Whole, new ExperimentSpec().SegmentTruncation);

    [Theory]
    [InlineData(SegmentTruncation.Whole, TokenLoss.CrossEntropy)]
    [InlineData(SegmentTruncation.Chunked, TokenLoss.CrossEntropy)]
    [InlineData(SegmentTruncation.Whole, TokenLoss.SquaredError)]
    [InlineData(SegmentTruncation.Chunked, TokenLoss.SquaredError)]
    public void The_auxiliary_loss_is_one_mean_over_all_steps_of_all_segments(SegmentTruncation truncation, TokenLoss tokenLoss)
    {
        // L = 5 in chunks of 2, 2 and 1: a sum, or a mean, of means per chunk or per anchor would be another number.
        ExperimentSpec spec = Spec(truncation) with { Model = ModelName.RpLstm, Segment = 5, Anchors = 3, TokenLoss = tokenLoss };
        Segment[] before = [new(0, 5, 0), new(0, 7, 1), new(1, 8, 3)];
        Segment[] after = [new(0, 0, 0), new(0, 2, 2), new(1, 1, 1)];
        using TinyCase tiny = new TinyCase(spec, 9, 2, 1).With(before, after);
        BatchLosses losses = tiny.Run(supervised: false).Losses;

        Assert.Equal(before.Sum(segment => SumOfSteps(spec, [segment], [])) / (3 * 5), losses.Reconstruction!.item<double>(), Tolerance);
        Assert.Equal(after.Sum(segment => SumOfSteps(spec, [], [segment])) / (3 * 5), losses.Prediction!.item<double>(), Tolerance);
    }

    [Fact]
    public void A_models_auxiliary_loss_is_the_sum_of_its_kinds()
    {
        using var losses = NewDisposeScope();
        Tensor one = tensor(1.0), two = tensor(2.0);

        using var model = new AuxiliaryLossModel(TinyCase.TinySpec with { Model = ModelName.RpLstm }, 1, 2);
        ModelLoss r = model.Named(ModelName.Reconstruction), p = model.Named(ModelName.Prediction);

        Assert.Equal(3, new BatchLosses(null, [(r, one), (p, two)]).AuxiliarySum!.item<double>());
        Assert.Equal(1, new BatchLosses(two, [(r, one)]).AuxiliarySum!.item<double>());
        Assert.Equal(2, new BatchLosses(one, [(p, two)]).AuxiliarySum!.item<double>());
        Assert.Null(new BatchLosses(one, []).AuxiliarySum);
    }

    private static ExperimentSpec Spec(SegmentTruncation truncation) => TinyCase.TinySpec with
    {
        SegmentTruncation = truncation,
        TokenLoss = TokenLoss.SquaredError,
        AuxiliaryTruncation = Truncation.Last(Kept),
        Segment = Length,
    };

    /// <summary>The largest change of the main LSTM's gradient when the target of the decoder's last step changes.</summary>
    private static double EffectOfTheLastTarget(SegmentTruncation truncation)
    {
        // Step a = s + L is the last target, which neither the decoder nor the main LSTM reads.
        double[] before = EncoderGradient(Spec(truncation), [new(0, Anchor, Anchor - Length)], []);
        double[] after = EncoderGradient(Spec(truncation), [new(0, Anchor, Anchor - Length)], [], changed: Anchor);
        return before.Zip(after, (x, y) => Math.Abs(x - y)).Max();
    }

    private static double[] EncoderGradient(ExperimentSpec spec, Segment[] before, Segment[] after, int? changed = null)
    {
        using TinyCase tiny = new TinyCase(spec, 9, 1, 1).With(before, after);
        if (changed is int step)
        {
            tiny.Batch.Inputs.narrow(0, step, 1).add_(5);
        }

        return [.. tiny.Run(supervised: false).Gradients
            .Where(entry => entry.Key.StartsWith("encoder", StringComparison.Ordinal)).SelectMany(entry => entry.Value)];
    }

    /// <summary>The sum of one segment's losses, step by step: no chunk and no other segment takes part.</summary>
    private static double SumOfSteps(ExperimentSpec spec, Segment[] before, Segment[] after)
    {
        ExperimentSpec whole = spec with { Anchors = 1, SegmentTruncation = SegmentTruncation.Whole };
        using TinyCase tiny = new TinyCase(whole, 9, 2, 1).With(before, after);
        BatchLosses losses = tiny.Run(supervised: false).Losses;
        return spec.Segment * (losses.Reconstruction ?? losses.Prediction)!.item<double>();
    }
}
