using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class EvaluatorTests
{
    [Theory]
    [InlineData("rp-lstm", "full")]
    [InlineData("rp-lstm", "6")]
    [InlineData("rp-lstm", "none")]
    [InlineData("gru", "6")]
    [InlineData("irnn", "6")]
    [InlineData("urnn", "6")]
    [InlineData("transformer", "full")]
    public void It_equals_a_loop_over_single_examples_whatever_the_model_and_the_truncation(ModelName kind, string truncation)
    {
        // 505 examples: a batch of 500, and an incomplete one.
        SequenceDataset dataset = DatasetCatalog.Open(
            new DatasetRequest("stroke-digits", Side: 4, TrainLimit: 1, TestLimit: 505), new DataRoot("nowhere")).Test;
        ExperimentSpec spec = TinyRun.Of(kind) with { Truncation = Truncation.Parse(truncation), DropRate = 0.9 };
        using var model = new AuxiliaryLossModel(spec, dataset.Features, dataset.Classes);
        (double accuracy, double loss) = Evaluator.Run(model, dataset, CPU);

        using var noGradient = no_grad();
        (int correct, double sum) = (0, 0);
        for (int i = 0; i < dataset.Count; i++)
        {
            using var scope = NewDisposeScope();
            SequenceBatch batch = dataset.Batch([i]);
            var state = model.Encoder.Read(batch.Inputs, batch.Tokens, model.Encoder.InitialState(1), ReadResult.State).State;
            float[] logits = model.Classify(state, null).data<float>().ToArray(); // [C]
            correct += Array.IndexOf(logits, logits.Max()) == dataset.Label(i) ? 1 : 0;
            sum += Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[dataset.Label(i)];
        }

        Assert.InRange(accuracy, (correct - 0.5) / 505, (correct + 0.5) / 505);
        Assert.Equal(sum / 505, loss, 1e-4);
    }

    [Fact]
    public void One_example_is_enough_and_none_has_no_accuracy()
    {
        using var model = new AuxiliaryLossModel(TinyRun.Spec, 1, 10);

        Assert.Contains(Evaluator.Run(model, TinyRun.Data.Test.Take(1), CPU).Accuracy, new[] { 0.0, 1.0 });
        Assert.Equal((double.NaN, double.NaN, null), Evaluator.Measure(model, TinyRun.Data.Test.Subset([]), CPU));
    }

    [Fact]
    public void A_batch_of_one_example_trains()
    {
        ExperimentSpec spec = TinyRun.Spec with { Model = ModelName.RpLstm, Batch = 1, Steps = 3, PretrainEpochs = 0.05 };
        using var trainer = new Trainer(spec, TinyRun.Data);

        Assert.Equal(3, trainer.Run().Steps);
    }

    [Fact]
    public void It_keeps_no_tensor()
    {
        using var model = new AuxiliaryLossModel(TinyRun.Spec, 1, 10);
        Evaluator.Run(model, TinyRun.Data.Test, CPU);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        Evaluator.Run(model, TinyRun.Data.Test, CPU);

        Assert.Equal(before, Tensor.TotalCount);
    }
}
