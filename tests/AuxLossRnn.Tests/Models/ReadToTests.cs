using AuxLossRnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

/// <summary>The states after several stops of one reading are those of a reading a stop, and so are the gradients.</summary>
public sealed class ReadToTests
{
    private const int Steps = 9, Batch = 7, Features = 2, Hidden = 5;

    private static readonly int[] Stops = [1, 4, 5, Steps];

    [Theory]
    [InlineData("lstm", true, InputEncoding.Raw)]
    [InlineData("lstm", true, InputEncoding.Linear)]
    [InlineData("lstm", true, InputEncoding.Embedding)]
    [InlineData("lstm", false, InputEncoding.Linear)]
    [InlineData("gru", false, InputEncoding.Raw)]
    [InlineData("gru", true, InputEncoding.Linear)]
    [InlineData("irnn", true, InputEncoding.Linear)]
    [InlineData("irnn", false, InputEncoding.Linear)]
    public void Several_stops_in_one_reading_are_readings_one_after_the_other(string kind, bool fused, InputEncoding encoding)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var input = new InputEncoder(encoding, Features, 3, levels: 4);
        var compute = new ComputeOptions(FusedLstm: fused);
        SequenceEncoder encoder = kind switch
        {
            "gru" => new GruEncoder(input, Hidden, compute),
            "irnn" => new IrnnEncoder(input, Hidden, compute),
            _ => new LstmEncoder(input, Hidden, compute),
        };
        Tensor tokens = randint(4, [Steps, Batch, Features], ScalarType.Byte); // [T, B, F]
        Tensor inputs = tokens.to(ScalarType.Float32) / 3; // [T, B, F]
        EncoderState start = encoder.InitialState(Batch).Map(part => rand_like(part)); // [1, B, H]

        EncoderState together = encoder.ReadTo(inputs, tokens, start, Stops);
        var apart = new List<EncoderState>();
        EncoderState state = start;
        foreach ((int from, int to) in Stops.Prepend(0).Zip(Stops))
        {
            state = encoder.Read(inputs.narrow(0, from, to - from), tokens.narrow(0, from, to - from), state, ReadResult.State).State;
            apart.Add(state);
        }

        EncoderState expected = EncoderState.Concatenate(apart);
        Tensor[] weights = [.. expected.Parts.Select(part => rand_like(part))];
        for (int part = 0; part < expected.Parts.Count; part++)
        {
            Assert.Equal([1, Stops.Length * Batch, Hidden], together[part].shape);
            Assert.Equal(expected[part].data<float>(), together[part].data<float>());
        }

        Tensor[] sought = Gradients(encoder, expected, weights), found = Gradients(encoder, together, weights);
        Assert.All(sought.Zip(found), pair => Assert.True(pair.First.allclose(pair.Second, rtol: 1e-5, atol: 1e-6)));
    }

    private static Tensor[] Gradients(SequenceEncoder encoder, EncoderState states, Tensor[] weights)
    {
        Tensor loss = states.Parts.Select((part, n) => (part * weights[n]).sum()).Aggregate((sum, one) => sum + one); // []
        loss.backward();
        Parameter[] parameters = [.. encoder.parameters()];
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad!.clone())];
        foreach (Parameter parameter in parameters)
        {
            parameter.grad = null;
        }

        return gradients;
    }
}
