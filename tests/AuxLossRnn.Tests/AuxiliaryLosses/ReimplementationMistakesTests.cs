using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.AuxiliaryLosses;

/// <summary>What the public re-implementation of the paper got wrong, each mistake with a test that notices it.</summary>
[Collection(OneAtATime.Name)]
public sealed class ReimplementationMistakesTests
{
    [Theory]
    [InlineData(AnchorSchedule.EveryBatch, true)]
    [InlineData(AnchorSchedule.EveryExample, true)]
    [InlineData(AnchorSchedule.OncePerRun, false)]
    public void Training_draws_anchors_anew_for_every_batch_unless_asked_for_once(AnchorSchedule schedule, bool anew)
    {
        // Weights that hardly move and one batch of all examples: only the anchors can change the loss.
        ExperimentSpec spec = TinyRun.Spec with
        {
            AnchorSchedule = schedule,
            LearningRate = 1e-30,
            DropRate = 0,
            Batch = TinyRun.Data.Train.Count,
            PretrainEpochs = 8,
            Epochs = 0,
        };
        using var trainer = new Trainer(spec, TinyRun.Data);
        var losses = new List<double>();
        trainer.StepDone += step => losses.Add(step.LossAuxiliary!.Value);
        trainer.Run();

        Assert.Equal(anew, losses.Max() - losses.Min() > 1e-4);
        Assert.Equal(AnchorSchedule.EveryBatch, new ExperimentSpec().AnchorSchedule);
    }

    [Fact]
    public void A_reconstructed_segment_does_not_always_end_at_its_anchor()
    {
        var sampler = new SegmentSampler(1, 3, AnchorSchedule.EveryBatch, new ExperimentSpec().SegmentPlacement, new LossRandom(1));
        int[] gaps = [.. Enumerable.Range(0, 200).Select(step => sampler.BeforeAnchors(10, 1, step)[0])
            .Select(segment => segment.Anchor - segment.Start - 3)];
        Assert.Equal(Enumerable.Range(0, 7), gaps.Distinct().Order());

        // The decoder predicts the segment at its start, not the one at the anchor: only the former has large features.
        Assert.True(SquaredLoss(start: 0) > 1_000 * SquaredLoss(start: 6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Level_255_is_inside_the_vocabulary(int channels)
    {
        // All levels are 255: as an index of the embeddings and as a target of the cross-entropy.
        var white = new ByteImages([.. Enumerable.Repeat((byte)255, 16 * channels)], [0], 4, channels, 2);
        ImageSequences dataset = ImageSequences.From(white, new ImageSequenceOptions());
        ExperimentSpec spec = TinyRun.Spec with
        {
            Encoding = InputEncoding.Embedding,
            EncodingSize = 3,
            Model = ModelName.RpLstm,
            TokenLoss = TokenLoss.CrossEntropy,
        };
        using var model = new AuxiliaryLossModel(spec, channels, 2);
        using var scope = NewDisposeScope();
        BatchLosses losses = model.Losses(
            spec, dataset.Batch([0]), true, [new(0, 8, 1)], [new(0, 4, 4)], null);

        Assert.InRange(losses.Reconstruction!.item<float>(), 0.8 * channels * Math.Log(256), 1.2 * channels * Math.Log(256));
        (losses.Supervised! + losses.Reconstruction! + losses.Prediction!).backward();
        var gradients = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!);
        for (int c = 0; c < channels; c++)
        {
            // The row of level 255 of each channel: read, and pushed up as a target.
            Assert.True(gradients["encoder.embedding.weight"][c * 256 + 255].abs().sum().item<float>() > 0);
            Assert.True(gradients["reconstruction.output.bias"][c * 256 + 255].item<float>() < 0);
            Assert.True(gradients["prediction.output.bias"][c * 256 + 255].item<float>() < 0);
        }

        Assert.Equal(256 * channels, gradients["encoder.embedding.weight"].shape[0]);
    }

    [Theory]
    [InlineData(Regularisation.DropConnect)]
    [InlineData(Regularisation.Dropout)]
    public void The_output_bias_of_the_regularised_layer_trains(Regularisation regularisation)
    {
        ExperimentSpec spec = TinyRun.Spec with
        {
            Model = ModelName.RpLstm,
            Regularisation = regularisation,
            PretrainEpochs = 0,
            Steps = 1,
        };
        using var trainer = new Trainer(spec, TinyRun.Data);
        var before = TinyRun.Weights(trainer.Model);
        trainer.Run();
        var after = TinyRun.Weights(trainer.Model);

        foreach ((string name, var weight) in trainer.Model.named_parameters()
            .Where(entry => entry.name.EndsWith("output.bias", StringComparison.Ordinal)))
        {
            Assert.True(weight.grad!.ne(0).all().item<bool>(), $"the gradient of {name} has zeros");
            Assert.All(after[name].Zip(before[name]), pair => Assert.NotEqual(pair.Second, pair.First));
        }
    }

    private static double SquaredLoss(int start)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { TokenLoss = TokenLoss.SquaredError };
        using TinyCase tiny = new TinyCase(spec, 10, 1, 1).With([new(0, 9, start)]);
        tiny.Batch.Inputs.narrow(0, 0, 4).fill_(100);
        return tiny.Run(supervised: false).Losses.Reconstruction!.item<double>();
    }
}
