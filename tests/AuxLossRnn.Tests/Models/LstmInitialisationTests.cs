using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

[Collection(OneAtATime.Name)]
public sealed class LstmInitialisationTests
{
    private const int Hidden = 6;

    /// <summary>The main LSTM, and both layers of both auxiliary ones.</summary>
    private static readonly string[] Lstms =
        ["encoder.lstm.{0}_l0", "reconstruction.lstm.{0}_l0", "reconstruction.lstm.{0}_l1", "prediction.lstm.{0}_l0", "prediction.lstm.{0}_l1"];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2.5)]
    public void The_two_biases_of_every_forget_gate_add_up_to_the_forget_bias(double forgetBias)
    {
        var weights = Weights(new ExperimentSpec { ForgetBias = forgetBias });
        foreach (string lstm in Lstms)
        {
            using Tensor sum = weights[string.Format(lstm, "bias_ih")] + weights[string.Format(lstm, "bias_hh")]; // [4H]
            float[] gates = sum.data<float>().ToArray(); // input, forget, cell, output
            Assert.All(gates[Hidden..(2 * Hidden)], value => Assert.Equal((float)forgetBias, value));

            // The other gates keep the framework's: two numbers within ±1/√H each, none of them set.
            float[] others = [.. gates[..Hidden], .. gates[(2 * Hidden)..]];
            Assert.All(others, value => Assert.InRange(Math.Abs(value), 1e-7, 2 / Math.Sqrt(Hidden)));
        }
    }

    [Fact]
    public void Chrono_s_gates_forget_in_one_to_T_steps_in_the_main_LSTM_alone()
    {
        const int Longest = 100;
        var weights = Weights(new ExperimentSpec { ChronoSteps = Longest });
        foreach (string lstm in Lstms)
        {
            using Tensor sum = weights[string.Format(lstm, "bias_ih")] + weights[string.Format(lstm, "bias_hh")]; // [4H]
            float[] gates = sum.data<float>().ToArray(); // input, forget, cell, output
            (float[] input, float[] forget) = (gates[..Hidden], gates[Hidden..(2 * Hidden)]);
            bool chrono = lstm.StartsWith("encoder", StringComparison.Ordinal);

            Assert.Equal(chrono, input.Zip(forget).All(pair => pair.First == -pair.Second));
            Assert.Equal(chrono ? Hidden : 1, forget.Distinct().Count());
            Assert.All(forget, bias => Assert.InRange(Math.Exp(bias), 1, Longest - 1));
            Assert.Equal(chrono, forget.Any(bias => bias > Math.Log(Longest / 4.0)));
        }
    }

    [Fact]
    public void Orthogonal_recurrent_weights_are_orthogonal_gate_by_gate()
    {
        var weights = Weights(new ExperimentSpec { Initialisation = Initialisation.Orthogonal });
        Assert.All(Lstms, lstm => Assert.All(Enumerable.Range(0, 4), gate => Assert.True(FromIdentity(weights, lstm, gate) < 1e-5)));

        // Four different matrices, not one four times.
        Tensor recurrent = weights["encoder.lstm.weight_hh_l0"];
        Assert.True((recurrent.narrow(0, 0, Hidden) - recurrent.narrow(0, Hidden, Hidden)).abs().max().item<float>() > 0.1);
    }

    [Fact]
    public void The_frameworks_weights_lie_within_one_over_the_root_of_H_and_are_not_orthogonal()
    {
        var weights = Weights(new ExperimentSpec());
        Assert.All(Lstms, lstm =>
        {
            Assert.True(FromIdentity(weights, lstm, 0) > 0.1);
            Tensor recurrent = weights[string.Format(lstm, "weight_hh")];
            Assert.InRange(recurrent.abs().max().item<float>(), 0.5 / Math.Sqrt(Hidden), 1 / Math.Sqrt(Hidden));
        });
    }

    [Fact]
    public void Models_of_one_seed_share_the_weights_that_they_have_in_common()
    {
        using var lstm = new AuxiliaryLossModel(Small(new ExperimentSpec { Model = ModelName.Lstm }), 1, 3);
        using var both = new AuxiliaryLossModel(Small(new ExperimentSpec { Model = ModelName.RpLstm }), 1, 3);
        using var other = new AuxiliaryLossModel(Small(new ExperimentSpec { Model = ModelName.Lstm, Seed = 2 }), 1, 3);
        var (common, larger, different) = (TinyRun.Weights(lstm), TinyRun.Weights(both), TinyRun.Weights(other));

        Assert.All(common, entry => Assert.Equal(entry.Value, larger[entry.Key]));
        Assert.NotEqual(common["encoder.lstm.weight_ih_l0"], different["encoder.lstm.weight_ih_l0"]);
    }

    private static float FromIdentity(Dictionary<string, Tensor> weights, string lstm, int gate)
    {
        using Tensor square = weights[string.Format(lstm, "weight_hh")].narrow(0, gate * Hidden, Hidden).detach(); // [H, H]
        return (square.t().mm(square) - eye(Hidden)).abs().max().item<float>();
    }

    private static ExperimentSpec Small(ExperimentSpec spec) => spec with { Hidden = Hidden, FeedForwardHidden = 3, EncodingSize = 4 };

    private static Dictionary<string, Tensor> Weights(ExperimentSpec spec) =>
        new AuxiliaryLossModel(Small(spec with { Model = ModelName.RpLstm }), 1, 3)
            .named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach());
}
