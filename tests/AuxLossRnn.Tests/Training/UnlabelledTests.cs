using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>Examples without labels: pretrained on, beside the labelled ones in joint training, never classified.</summary>
[Collection(OneAtATime.Name)]
public sealed class UnlabelledTests : IDisposable
{
    private const int Labelled = 10;

    private readonly TemporaryFolder _temporary = new();

    private static ExperimentSpec Spec { get; } = TinyRun.Of(ModelName.RLstm) with { Labelled = Labelled };

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Some_of_the_training_examples_keep_their_labels_and_come_first()
    {
        DatasetSplits data = Open(Spec);

        Assert.Equal((Labelled, 30), (data.Train.Count, data.WithUnlabelled!.Count));
        using SequenceBatch some = data.Train.Batch([.. Enumerable.Range(0, Labelled)]);
        using SequenceBatch all = data.WithUnlabelled.Batch([.. Enumerable.Range(0, 30)]);
        Assert.True(some.Tokens.equal(all.Tokens.narrow(1, 0, Labelled)).all().item<bool>());
        // Others of another seed, and together the training examples that are not held out.
        Assert.NotEqual(Pixels(data.Train), Pixels(Open(Spec with { Seed = 2 }).Train));
        Assert.Equal(Sorted(TinyRun.Data.Train), Sorted(data.WithUnlabelled));
    }

    [Fact]
    public void The_labels_of_the_others_are_not_looked_at()
    {
        DatasetSplits data = Open(Spec);
        DatasetSplits wrong = data with { WithUnlabelled = new Relabelled(data.WithUnlabelled!) };

        Assert.Equal(Train(Spec, data).Weights, Train(Spec, wrong).Weights);
    }

    [Fact]
    public void An_epoch_of_pretraining_has_all_examples_and_the_labelled_ones_of_a_joint_step_are_those_it_would_have_alone()
    {
        DatasetSplits data = Open(Spec);
        var steps = new List<StepMetrics>();
        using var trainer = new Trainer(Spec, data);
        trainer.StepDone += steps.Add;
        trainer.Run();

        Assert.Equal((6, 2), (steps.Count(step => step.Phase == TrainingPhase.Pretraining), steps.Count(step => step.Phase == TrainingPhase.Joint)));
        Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1], steps.Select(step => step.Epoch));

        // Before the first update the supervised loss is that of the labelled examples, whatever stands beside them.
        ExperimentSpec joint = Spec with { PretrainEpochs = 0, Steps = 1, DropRate = 0 };
        double[] losses = [.. new double?[] { null, 0, 1, 3 }.Select(share => Train(joint with { UnlabelledShare = share }, data).Losses[0]!.Value)];
        Assert.All(losses, loss => Assert.Equal(losses[0], loss, 1e-6));
    }

    [Fact]
    public void More_of_them_beside_a_batch_change_what_is_learned_and_none_is_pretraining_alone()
    {
        DatasetSplits data = Open(Spec);
        var weights = new double?[] { null, 0, 1, 2 }.Select(share => Train(Spec with { UnlabelledShare = share }, data).Weights).ToArray();

        Assert.Equal(4, weights.Select(all => string.Join(' ', all.SelectMany(one => one.Value))).Distinct().Count());
        Assert.Equal(Train(Spec, data with { WithUnlabelled = null }).Weights, weights[0]);
    }

    [Fact]
    public void A_model_without_an_auxiliary_loss_is_that_of_the_labelled_examples_alone()
    {
        ExperimentSpec spec = Spec with { Model = ModelName.Lstm };
        DatasetSplits data = Open(spec);

        Assert.Equal(Train(spec, data with { WithUnlabelled = null }).Weights, Train(spec, data).Weights);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Interrupted_it_ends_with_the_same_bits(int after)
    {
        DatasetSplits data = Open(Spec);
        RunFolder folder = RunFolder.Open(_temporary["run"], Spec, resume: false);
        using (var stop = new CancellationTokenSource())
        using (var first = new Trainer(Spec, data, folder))
        {
            first.StepDone += step =>
            {
                if (step.Step == after)
                {
                    stop.Cancel();
                }
            };
            Assert.Equal(RunStatus.Interrupted, first.Run(stop.Token).Status);
        }

        using var second = new Trainer(Spec, data, RunFolder.Open(_temporary["run"], Spec, resume: true));
        Assert.Equal(after, second.Resume());
        second.Run();
        Assert.Equal(Train(Spec, data).Weights, TinyRun.Weights(second.Model));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Contains("has 30 training examples", Assert.Throws<UserException>(() => Open(Spec with { Labelled = 31 })).Message, StringComparison.Ordinal);
        Assert.Contains("UnlabelledShare is -1", Assert.Throws<UserException>(() => SpecCheck.Throw(Spec with { UnlabelledShare = -1 })).Message, StringComparison.Ordinal);
        Assert.Contains("larger Labelled", Assert.Throws<UserException>(() =>
            SpecCheck.Throw(Spec with { Labelled = 4 }, Open(Spec with { Labelled = 4 }).Train)).Message, StringComparison.Ordinal);
    }

    private static DatasetSplits Open(ExperimentSpec spec) => DatasetCatalog.Open(
        spec.DatasetRequest() with { TrainLimit = 40, TestLimit = 12, ValidationFraction = 0.25 }, new DataRoot("nowhere"));

    private static (Dictionary<string, float[]> Weights, double?[] Losses) Train(ExperimentSpec spec, DatasetSplits data)
    {
        var losses = new List<double?>();
        using var trainer = new Trainer(spec, data);
        trainer.StepDone += step => losses.Add(step.LossSupervised);
        trainer.Run();
        return (TinyRun.Weights(trainer.Model), [.. losses]);
    }

    private static string[] Pixels(SequenceDataset data) => [.. Enumerable.Range(0, data.Count).Select(index =>
    {
        using SequenceBatch batch = data.Batch([index]);
        return Convert.ToHexString(batch.Tokens.data<byte>().ToArray());
    })];

    private static string[] Sorted(SequenceDataset data) => [.. Pixels(data).Order(StringComparer.Ordinal)];

    /// <summary>Each label is another class's.</summary>
    private sealed class Relabelled(SequenceDataset whole) : SequenceDataset
    {
        public override int Count => whole.Count;

        public override int Steps => whole.Steps;

        public override int Features => whole.Features;

        public override int Classes => whole.Classes;

        public override int Label(int index) => index < Labelled ? whole.Label(index) : (whole.Label(index) + 1) % whole.Classes;

        public override SequenceBatch Batch(ReadOnlySpan<int> indices)
        {
            SequenceBatch batch = whole.Batch(indices);
            return batch with { Labels = TorchSharp.torch.tensor(indices.ToArray().Select(index => (long)Label(index)).ToArray()) }; // [B]
        }
    }
}
