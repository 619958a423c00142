using AuxLossRnn.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>The GRU and the IRNN by the kernel against libtorch's, in float64 and float32.</summary>
[Collection(OneAtATime.Name)]
public sealed class OneStateKernelTests
{
    private const int Features = 2, Levels = 4;

    public OneStateKernelTests() => Kernel.Require();

    public static TheoryData<string, int, int, InputEncoding, ReadResult> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, InputEncoding, ReadResult>();
            foreach (string kind in new[] { "gru", "irnn" })
            {
                foreach ((int hidden, int batch) in new[] { (5, 1), (16, 6), (17, 13), (64, 7), (100, 30) })
                {
                    foreach (InputEncoding encoding in new[] { InputEncoding.Raw, InputEncoding.Linear, InputEncoding.Embedding })
                    {
                        foreach (ReadResult result in Enum.GetValues<ReadResult>())
                        {
                            cases.Add(kind, hidden, batch, encoding, result);
                        }
                    }
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_libtorchs(string kind, int hidden, int batch, InputEncoding encoding, ReadResult result)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> expected = Results(kind, hidden, batch, encoding, result, ScalarType.Float64, new ComputeOptions(FusedLstm: false), 1);
        foreach ((ScalarType type, double tolerance) in new[] { (ScalarType.Float64, 1e-12), (ScalarType.Float32, 2e-5) })
        {
            Kernel.AssertEqual(expected, Results(kind, hidden, batch, encoding, result, type, new ComputeOptions(), 3), tolerance, $"{type}");
            Kernel.AssertEqual(
                expected, Results(kind, hidden, batch, encoding, result, type, new ComputeOptions(FoldedInput: false), 1), tolerance, $"{type}, not folded");
        }
    }

    [Theory]
    [InlineData("gru")]
    [InlineData("irnn")]
    public void The_same_reading_twice_gives_the_same_bits(string kind)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> Read() => Results(kind, 70, 33, InputEncoding.Linear, ReadResult.Both, ScalarType.Float32, new ComputeOptions(), 4);

        Kernel.AssertSameBits(Read(), Read());
    }

    [Theory]
    [InlineData("gru")]
    [InlineData("irnn")]
    public void A_row_that_is_not_a_number_stays_none_and_leaves_the_others(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        SequenceEncoder encoder = Encoder(kind, 20, InputEncoding.Raw, new ComputeOptions());
        Tensor inputs = ones(3, 4, Features), tokens = zeros(3, 4, Features, dtype: ScalarType.Byte); // [T, B, F]
        inputs[1, 2, 0] = double.NaN;
        Tensor last = encoder.Summary(encoder.Read(inputs, tokens, encoder.InitialState(4), ReadResult.State).State); // [B, H]

        Assert.Equal([false, false, true, false], last.isnan().any(1).data<bool>().ToArray());
    }

    private static SequenceEncoder Encoder(string kind, int hidden, InputEncoding encoding, ComputeOptions compute)
    {
        random.manual_seed(3);
        var input = new InputEncoder(encoding, Features, 6, Levels);
        SequenceEncoder encoder = kind == "gru" ? new GruEncoder(input, hidden, compute) : new IrnnEncoder(input, hidden, compute);
        using var noGradient = no_grad();
        foreach (Tensor weight in encoder.parameters())
        {
            // Weights that all matter: an IRNN begins as the identity, with biases of zero.
            weight.add_(randn_like(weight) * 0.1);
        }

        return encoder;
    }

    private static Dictionary<string, Tensor> Results(
        string kind, int hidden, int batch, InputEncoding encoding, ReadResult result, ScalarType type, ComputeOptions compute, int slices)
    {
        SequenceEncoder encoder = Encoder(kind, hidden, encoding, compute).to(type);
        var generator = new Generator(5);
        Tensor tokens = randint(Levels, [9, batch, Features], ScalarType.Byte, generator: generator); // [T, B, F]
        Tensor inputs = tokens.to(type) / (Levels - 1); // [T, B, F]
        Tensor state = Kernel.Normal(generator, 1, batch, hidden).to(ScalarType.Float32).to(type).requires_grad_(); // [1, B, H]: the same numbers in both types
        Tensor ofOutputs = Kernel.Normal(generator, 9, batch, hidden).to(type), ofState = Kernel.Normal(generator, 1, batch, hidden).to(type);
        return Kernel.InSlices(slices, () =>
        {
            (Tensor? outputs, EncoderState last) = encoder.Read(inputs, tokens, new EncoderState(state), result); // [T, B, H], [1, B, H]
            var results = new Dictionary<string, Tensor>
            {
                ["last"] = last[0].detach(),
            };
            Tensor sum = zeros([], dtype: type); // []
            if (result != ReadResult.State)
            {
                results["outputs"] = outputs!.detach();
                sum += (outputs * ofOutputs).sum();
            }

            if (result != ReadResult.Outputs)
            {
                sum += (last[0] * ofState).sum();
            }

            sum.backward();
            results["d state"] = state.grad!;
            foreach ((string name, TorchSharp.Modules.Parameter weight) in encoder.named_parameters())
            {
                results[name] = weight.grad!;
            }

            return results;
        });
    }
}
