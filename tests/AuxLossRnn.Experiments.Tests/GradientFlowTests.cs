using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Experiments.Tests;

[Collection(OneAtATime.Name)]
public sealed class GradientFlowTests
{
    private const int Steps = 9, Batch = 3;

    [Theory]
    [InlineData("lstm", 0, 3)]
    [InlineData("lstm", 4, 3)]
    [InlineData("lstm", 7, 3)]
    [InlineData("gru", 4, 3)]
    [InlineData("urnn", 4, 6)]
    public void The_supervised_norm_is_that_of_finite_differences(ModelName kind, int t, int size)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = kind, Truncation = Truncation.Full };
        using var tiny = new TinyCase(spec, Steps, Batch, 1);
        double[] norms = new GradientFlow(spec, tiny.Model).Supervised(tiny.Batch);

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        EncoderState state = Read(tiny, 0, t + 1, tiny.Model.Encoder.InitialState(Batch));
        double sum = 0;
        for (int b = 0; b < Batch; b++)
        {
            for (int h = 0; h < size; h++)
            {
                const double step = 1e-6;
                double difference = Loss(tiny, t + 1, Moved(state, b, h, step)) - Loss(tiny, t + 1, Moved(state, b, h, -step));
                sum += Math.Pow(difference / (2 * step), 2);
            }
        }

        Assert.Equal(Math.Sqrt(sum), norms[t], 1e-6);
    }

    [Fact]
    public void Nothing_arrives_outside_the_windows()
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = ModelName.RLstm,
            Truncation = Truncation.Last(3),
            AuxiliaryTruncation = Truncation.Last(2),
        };
        using var tiny = new TinyCase(spec, Steps, Batch, 1).Draw();
        var flow = new GradientFlow(spec, tiny.Model);

        int anchor = tiny.Before[0].Anchor;
        double[] supervised = flow.Supervised(tiny.Batch), auxiliary = flow.Auxiliary(tiny.Model.Loss<ReconstructionLoss>(), tiny.Batch, tiny.Before);

        Assert.Equal(Enumerable.Range(Steps - 3, 3), Enumerable.Range(0, Steps).Where(t => supervised[t] > 0));
        Assert.Equal(Enumerable.Range(anchor - 2, 2), Enumerable.Range(0, Steps).Where(t => auxiliary[t] > 0));
    }

    [Fact]
    public void Gradient_arrives_only_in_each_examples_own_window()
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.Lstm, Truncation = Truncation.Last(2) };
        using TinyCase tiny = new(spec, 9, 2, 1, lengths: [9, 3]);
        double[] norms = new GradientFlow(spec, tiny.Model).Supervised(tiny.Batch);
        using TinyCase full = new(spec with { Truncation = Truncation.Full }, 9, 2, 1, lengths: [9, 3]);
        double[] whole = new GradientFlow(full.Spec, full.Model).Supervised(full.Batch);

        Assert.Equal([1, 2, 7, 8], Enumerable.Range(0, 9).Where(t => norms[t] > 0));
        Assert.All(whole, norm => Assert.True(norm > 0));
        Assert.Equal(whole[8], norms[8], 1e-10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_the_padding_holds_changes_no_bit(int seed)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.RpLstm, Seed = seed };
        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.Float32 })
        {
            using TinyCase tiny = new(spec, 9, 3, 1, type: type, lengths: [9, 0, 4]);
            double[] norms = new GradientFlow(spec, tiny.Model).Supervised(tiny.Batch);

            Assert.Equal(norms, new GradientFlow(spec, tiny.Model).Supervised(TinyCase.WithOtherPadding(tiny.Batch, seed)));
        }
    }

    [Fact]
    public void The_flow_of_the_gradient_through_a_state_of_odd_shape_is_each_examples_own()
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = "r+ink-mgu", AuxiliaryHidden = 6, Anchors = 2, Truncation = Truncation.Last(3) };
        int[] lengths = [9, 4, 7];
        using var tiny = new TinyCase(spec, 9, 3, 1, lengths: lengths, parts: ModelParts.Of(spec, MguEncoder.Part, InkLoss.Part));
        double[] norms = new GradientFlow(spec, tiny.Model).Supervised(tiny.Batch);

        // The loss is the mean over three examples, whose gradients do not meet.
        double[][] alone = [.. lengths.Select((length, b) => new GradientFlow(spec, tiny.Model).Supervised(new SequenceBatch(
            tiny.Batch.Inputs.narrow(1, b, 1), tiny.Batch.Tokens.narrow(1, b, 1), tiny.Batch.Labels.narrow(0, b, 1), tiny.Batch.Lengths.narrow(0, b, 1))))];
        for (int t = 0; t < 9; t++)
        {
            Assert.Equal(Math.Sqrt(alone.Sum(norm => norm[t] * norm[t])) / 3, norms[t], 1e-12);
            Assert.Equal(lengths.Any(length => t < length && t >= length - 3), norms[t] > 0);
        }
    }

    [Fact]
    public void A_transformer_has_no_gradient_by_step()
    {
        ExperimentSpec spec = TinyRun.Of(ModelName.Transformer);
        using var model = new AuxiliaryLossModel(spec, 1, 10);
        using var batch = TinyRun.Data.Train.Batch([0, 1]);

        Assert.Contains("recurrent", Assert.Throws<UserException>(() => new GradientFlow(spec, model).Supervised(batch)).Message);
    }

    [Fact]
    public void The_weights_keep_their_gradients()
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.Lstm };
        using var tiny = new TinyCase(spec, Steps, Batch, 1);
        var (_, before) = tiny.Run();

        _ = new GradientFlow(spec, tiny.Model).Supervised(tiny.Batch);

        foreach ((string name, var weight) in tiny.Model.named_parameters())
        {
            Assert.Equal(before[name], weight.grad!.data<double>().ToArray());
        }
    }

    private static EncoderState Moved(EncoderState state, int b, int h, double step)
    {
        Tensor hidden = state[0].clone(); // [1, B, H]
        hidden.data<double>()[0, b, h] += step;
        return new EncoderState([hidden, .. state.Parts.Skip(1)]);
    }

    private static double Loss(TinyCase tiny, int from, EncoderState state)
    {
        EncoderState last = Read(tiny, from, Steps - from, state);
        return nn.functional.cross_entropy(tiny.Model.Classify(last, null), tiny.Batch.Labels).item<double>();
    }

    private static EncoderState Read(TinyCase tiny, int from, int steps, EncoderState state) => steps == 0 ? state : tiny.Model.Encoder.Read(
        tiny.Batch.Inputs.narrow(0, from, steps), tiny.Batch.Tokens.narrow(0, from, steps), state, ReadResult.State).State;
}
