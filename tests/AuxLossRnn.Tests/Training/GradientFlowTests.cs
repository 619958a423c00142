using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Experiments;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

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
