using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

[Collection(OneAtATime.Name)]
public sealed class InputEncoderTests
{
    private const int Levels = 5;

    private static readonly Tensor Tokens = tensor(new byte[] { 0, 4, 4, 1, 2, 0 }, ScalarType.Byte).reshape(3, 1, 2); // [T, B, F]
    private static readonly Tensor Inputs = Tokens.to(ScalarType.Float32) / (Levels - 1);

    [Fact]
    public void Raw_inputs_are_the_features_themselves_and_have_no_weights()
    {
        var (encoder, weights) = Make(InputEncoding.Raw, 7);

        Assert.Empty(weights);
        Assert.Equal(2, encoder.Size);
        Assert.False(encoder.ReadsTokens);
        Assert.Equal(Inputs.data<float>().ToArray(), encoder.Encode(Inputs, Tokens).data<float>().ToArray());
    }

    [Fact]
    public void Linear_inputs_are_a_weighted_sum_of_the_features_and_a_bias()
    {
        var (encoder, weights) = Make(InputEncoding.Linear, 3);
        using Tensor encoded = encoder.Encode(Inputs, Tokens); // [T, B, E]

        Assert.Equal(["input.bias", "input.weight"], weights.Keys.Order());
        Assert.Equal(3, encoder.Size);
        Assert.False(encoder.ReadsTokens);
        for (int t = 0; t < 3; t++)
        {
            for (int e = 0; e < 3; e++)
            {
                float expected = weights["input.bias"][e].item<float>()
                    + weights["input.weight"][e, 0].item<float>() * Inputs[t, 0, 0].item<float>()
                    + weights["input.weight"][e, 1].item<float>() * Inputs[t, 0, 1].item<float>();
                Assert.Equal(expected, encoded[t, 0, e].item<float>(), 1e-5f);
            }
        }
    }

    [Fact]
    public void Embedded_inputs_are_the_sum_of_one_row_a_channel_each_channel_with_rows_of_its_own()
    {
        var (encoder, weights) = Make(InputEncoding.Embedding, 3);
        Tensor table = weights["embedding.weight"]; // [F·levels, E]
        using Tensor encoded = encoder.Encode(Inputs, Tokens); // [T, B, E]

        Assert.Equal([2 * Levels, 3], table.shape);
        Assert.True(encoder.ReadsTokens);
        (int First, int Second)[] levels = [(0, 4), (4, 1), (2, 0)];
        for (int t = 0; t < 3; t++)
        {
            float[] expected = (table[levels[t].First] + table[Levels + levels[t].Second]).data<float>().ToArray();
            Assert.Equal(expected, encoded[t, 0].data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(InputEncoding.Raw, 2)]
    [InlineData(InputEncoding.Linear, 6)]
    [InlineData(InputEncoding.Embedding, 6)]
    public void The_main_lstm_reads_encodings_of_that_size(InputEncoding encoding, int size)
    {
        using var encoder = new LstmEncoder(new InputEncoder(encoding, 2, 6, Levels), 4, new ComputeOptions());
        var weight = encoder.named_parameters().Single(entry => entry.name == "lstm.weight_ih_l0").parameter;

        Assert.Equal([16, size], weight.shape);
    }

    private static (InputEncoder Encoder, Dictionary<string, Tensor> Weights) Make(InputEncoding encoding, int size)
    {
        var encoder = new InputEncoder(encoding, 2, size, Levels);
        var owner = new Owner();
        encoder.RegisterIn(owner);
        return (encoder, owner.named_parameters().ToDictionary(entry => entry.name, entry => (Tensor)entry.parameter));
    }

    private sealed class Owner() : nn.Module(nameof(Owner));
}
