using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("lstm")]
    [InlineData("rp-lstm")]
    [InlineData("gru")]
    [InlineData("irnn")]
    [InlineData("urnn")]
    [InlineData("transformer")]
    public void Losses_fall(ModelName model)
    {
        ExperimentSpec spec = TinyRun.Of(model) with
        {
            FeedForwardHidden = 8,
            LearningRate = 0.01,
            PretrainEpochs = 3,
            Epochs = 10,
            EvaluateEvery = 1000,
        };

        // Black images and white ones.
        byte[] labels = [.. Enumerable.Range(0, 30).Select(i => (byte)(i % 2))];
        var images = new ByteImages([.. labels.SelectMany(label => Enumerable.Repeat((byte)(255 * label), 16))], labels, 4, 1, 2);
        SequenceDataset easy = ImageSequences.From(images, new ImageSequenceOptions());
        using var trainer = new Trainer(spec, new DatasetSplits(easy, easy.Subset([]), easy));
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        RunSummary summary = trainer.Run();

        Assert.Equal((RunStatus.Finished, steps.Count), (summary.Status, summary.Steps));
        Assert.Equal((1.0, null), (summary.LastTest, summary.LastValidation));
        double Mean(Func<StepMetrics, double?> loss, bool first)
        {
            double[] values = [.. steps.Select(loss).OfType<double>()];
            return first ? values[..6].Average() : values[^6..].Average();
        }

        Assert.InRange(Mean(step => step.LossSupervised, first: false), 0, 0.5 * Mean(step => step.LossSupervised, first: true));
        if (spec.HasAuxiliaryLoss)
        {
            Assert.InRange(Mean(step => step.LossAuxiliary, first: false), 0, 0.5 * Mean(step => step.LossAuxiliary, first: true));
        }
    }

    [Fact]
    public void Pretraining_leaves_the_classifier_alone_and_trains_the_rest()
    {
        using var trainer = new Trainer(TinyRun.Spec with { Epochs = 0 }, TinyRun.Data);
        var before = TinyRun.Weights(trainer.Model);
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        trainer.Run();
        var after = TinyRun.Weights(trainer.Model);

        Assert.All(before, entry => Assert.Equal(
            entry.Key.StartsWith("classifier", StringComparison.Ordinal), entry.Value.AsSpan().SequenceEqual(after[entry.Key])));
        Assert.All(steps, step => Assert.Equal((TrainingPhase.Pretraining, null), (step.Phase, step.LossSupervised)));
    }

    [Fact]
    public void The_auxiliary_weight_counts_in_the_second_phase_alone()
    {
        Dictionary<string, float[]> After(double weight, double pretraining)
        {
            using var trainer = new Trainer(TinyRun.Spec with { AuxiliaryWeight = weight, PretrainEpochs = pretraining, Steps = 3 }, TinyRun.Data);
            trainer.Run();
            return TinyRun.Weights(trainer.Model);
        }

        const string decoder = "reconstruction.output.weight";
        Assert.Equal(After(1, 1)[decoder], After(0, 1)[decoder]);
        using var fresh = new AuxiliaryLossModel(TinyRun.Spec, 1, 10);
        Assert.Equal(TinyRun.Weights(fresh)[decoder], After(0, 0)[decoder]);
        Assert.NotEqual(TinyRun.Weights(fresh)[decoder], After(1, 0)[decoder]);
    }

    [Fact]
    public void Clipping_bounds_the_gradient_that_is_applied_and_reports_the_one_before()
    {
        // Decoupled from the gradient's size RMSProp would hide it; a large epsilon makes the step proportional to it.
        ExperimentSpec spec = TinyRun.Spec with { Model = ModelName.Lstm, Epsilon = 1e6, LearningRate = 1e6, Steps = 1, DropRate = 0 };
        (double Moved, double Norm) Run(double? clip)
        {
            using var trainer = new Trainer(spec with { ClipNorm = clip }, TinyRun.Data);
            var before = TinyRun.Weights(trainer.Model);
            double norm = 0;
            trainer.StepDone += step => norm = step.GradientNorm;
            trainer.Run();
            var after = TinyRun.Weights(trainer.Model);
            return (Math.Sqrt(before.Sum(entry => entry.Value.Zip(after[entry.Key], (a, b) => Math.Pow(a - b, 2)).Sum())), norm);
        }

        var (free, clipped) = (Run(null), Run(0.01));
        Assert.Equal(free.Norm, clipped.Norm, 1e-6);
        Assert.Equal(free.Norm, free.Moved, 1e-3 * free.Norm);
        Assert.Equal(0.01, clipped.Moved, 1e-4);
    }

    [Theory]
    [InlineData(1e38)]
    [InlineData(3e38)]
    public void A_run_that_diverges_stops_with_step_and_loss_and_keeps_a_finite_checkpoint(double learningRate)
    {
        // Steps near the largest float32 make weights infinite: such weights must not become the checkpoint.
        ExperimentSpec spec = TinyRun.Spec with { Model = ModelName.Lstm, Epochs = 2, CheckpointEvery = 1 };
        RunFolder folder = RunFolder.Open(_temporary["run"], spec, resume: false);
        using (var sound = new Trainer(spec, TinyRun.Data, folder))
        {
            using var stop = new CancellationTokenSource();
            sound.StepDone += step =>
            {
                if (step.Step == 3)
                {
                    stop.Cancel();
                }
            };
            sound.Run(stop.Token);
        }

        ExperimentSpec faster = spec with { LearningRate = learningRate };
        File.WriteAllText(folder.ConfigPath, JsonSerializer.Serialize(faster, KitJson.Indented)); // no run goes on at another rate by itself
        using var trainer = new Trainer(faster, TinyRun.Data, folder);
        Assert.Equal(3, trainer.Resume());
        var failure = Assert.Throws<TrainingFailedException>(() => trainer.Run());

        Assert.Matches(@"(supervised loss|gradient norm|largest weight of).* at step [45],", failure.Message);
        Assert.Contains("LearningRate", failure.Message);
        Assert.All(SafetensorsReader.Read(folder.LastWeightsPath).Tensors.Values, tensor =>
            Assert.All(tensor.Bytes.Chunk(4), bytes => Assert.True(float.IsFinite(BitConverter.ToSingle(bytes)))));
        using var again = new Trainer(spec, TinyRun.Data, folder);
        Assert.InRange(again.Resume(), 3, 4);
    }

    [Theory]
    [InlineData(1e19, "gradient norm")]
    [InlineData(3e38, "supervised loss")]
    public void A_step_without_a_finite_loss_and_gradient_leaves_the_weights_alone(double learningRate, string what)
    {
        using var trainer = new Trainer(TinyRun.Spec with { Model = ModelName.Lstm, Epochs = 2, EvaluateEvery = 100, LearningRate = learningRate }, TinyRun.Data);
        var before = TinyRun.Weights(trainer.Model);
        trainer.StepDone += _ => before = TinyRun.Weights(trainer.Model);
        var failure = Assert.Throws<TrainingFailedException>(() => trainer.Run());

        Assert.Contains(what, failure.Message);
        Assert.Equal(before, TinyRun.Weights(trainer.Model));
    }

    [Fact]
    public void A_spec_that_the_data_cannot_serve_is_refused_before_training() =>
        Assert.Contains("Segment", Assert.Throws<AuxLossRnn.Runtime.UserException>(
            () => new Trainer(TinyRun.Spec with { Segment = 16 }, TinyRun.Data)).Message);
}
