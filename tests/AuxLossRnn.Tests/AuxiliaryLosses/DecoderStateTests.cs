using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.AuxiliaryLosses;

/// <summary>The decoder against the same network written out step by step.</summary>
[Collection(OneAtATime.Name)]
public sealed class DecoderStateTests
{
    private const int Length = 3;
    private const int Start = 2;

    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public void The_decoder_has_two_layers_the_bottom_one_from_the_padded_main_state_and_the_top_one_from_zero(int? auxiliaryHidden)
    {
        using var tiny = Case(auxiliaryHidden);
        EncoderState anchors = Anchors();
        using Tensor expected = ByHand(tiny, anchors);
        using Tensor loss = Loss(tiny, anchors);

        Assert.Equal(expected.item<double>(), loss.item<double>(), 1e-10);
    }

    [Fact]
    public void Both_the_hidden_and_the_cell_state_at_the_anchor_matter()
    {
        using var tiny = Case(null);
        EncoderState anchors = Anchors();
        double loss = Loss(tiny, anchors).item<double>();

        Assert.NotEqual(loss, Loss(tiny, new(anchors[0] + 1, anchors[1])).item<double>(), 1e-6);
        Assert.NotEqual(loss, Loss(tiny, new(anchors[0], anchors[1] + 1)).item<double>(), 1e-6);
    }

    private static TinyCase Case(int? auxiliaryHidden)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { TokenLoss = TokenLoss.SquaredError, AuxiliaryHidden = auxiliaryHidden, Segment = Length };
        return new TinyCase(spec, 9, 1, 1);
    }

    private static EncoderState Anchors() => new(
        tensor(new[] { 0.5, -0.25, 0.75 }).reshape(1, 1, 3), tensor(new[] { -1.5, 0.5, 1.0 }).reshape(1, 1, 3));

    private static Tensor Loss(TinyCase tiny, EncoderState anchors) => tiny.Model.Reconstruction[0].SumOfLosses(
        tiny.Batch, [new Segment(0, 8, Start)], Length, anchors, null, null);

    private static Tensor ByHand(TinyCase tiny, EncoderState anchors)
    {
        using var noGradient = no_grad();
        var weights = tiny.Model.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter);
        Tensor weight(string name) => weights[$"reconstruction.{name}"];
        long hidden = weight("lstm.weight_hh_l0").shape[1];
        Tensor padded(Tensor main) => cat([main.reshape(-1), zeros(hidden - main.numel(), ScalarType.Float64)]); // [H']
        Tensor[] h = [padded(anchors[0]), zeros(hidden, ScalarType.Float64)];
        Tensor[] c = [padded(anchors[1]), zeros(hidden, ScalarType.Float64)];
        Tensor sum = zeros(1, ScalarType.Float64);
        for (int j = 0; j < Length; j++)
        {
            Tensor x = tiny.Batch.Inputs[Start + j, 0]; // [F]
            for (int layer = 0; layer < 2; layer++)
            {
                Tensor[] gates = (weight($"lstm.weight_ih_l{layer}").mv(x) + weight($"lstm.bias_ih_l{layer}")
                    + weight($"lstm.weight_hh_l{layer}").mv(h[layer]) + weight($"lstm.bias_hh_l{layer}")).chunk(4); // i, f, g, o
                c[layer] = gates[1].sigmoid() * c[layer] + gates[0].sigmoid() * gates[2].tanh();
                x = h[layer] = gates[3].sigmoid() * c[layer].tanh();
            }

            Tensor middle = (weight("hidden.weight").mv(x) + weight("hidden.bias")).relu();
            Tensor predicted = weight("output.weight").mv(middle) + weight("output.bias"); // [F]
            sum += (predicted - tiny.Batch.Inputs[Start + j + 1, 0]).square().sum();
        }

        return sum;
    }
}
