using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>Each shortcut leaves losses and gradients of a whole model as they are without it.</summary>
[Collection(OneAtATime.Name)]
public sealed class ComputeOptionsTests
{
    private const double Tolerance = 1e-10;

    public ComputeOptionsTests() => Kernel.Require();

    public enum Shortcut
    {
        FusedLstm,
        FoldedInput,
        FusedHead,
        All,
    }

    public static TheoryData<ModelName, Shortcut, InputEncoding, TokenLoss> Cases => new MatrixTheoryData<ModelName, Shortcut, InputEncoding, TokenLoss>(
        [ModelName.RLstm, ModelName.PLstm, ModelName.RpLstm], Enum.GetValues<Shortcut>(), [InputEncoding.Linear, InputEncoding.Raw],
        Enum.GetValues<TokenLoss>());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_the_same_with_and_without_a_shortcut(ModelName kind, Shortcut shortcut, InputEncoding encoding, TokenLoss loss)
    {
        int seed = LossesByName.Models.ToList().IndexOf(kind) + 10 * (int)shortcut + 100 * (int)encoding + 1_000 * (int)loss;
        var random = new RandomStream(seed, RandomPurpose.Split);
        TValue Any<TValue>(params TValue[] values) => values[random.Next(values.Length)];
        ComputeOptions without = shortcut switch
        {
            Shortcut.FusedLstm => new ComputeOptions(FusedLstm: false),
            Shortcut.FoldedInput => new ComputeOptions(FoldedInput: false),
            Shortcut.FusedHead => new ComputeOptions(FusedHead: false),
            _ => new ComputeOptions(FusedLstm: false, FoldedInput: false, FusedHead: false),
        };
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Seed = seed,
            Model = kind,
            Encoding = encoding,
            EncodingSize = 6,
            TokenLoss = loss,
            Hidden = Any(3, 9, 20),
            FeedForwardHidden = 7,
            DropRate = 0.5,
            Activation = Any(Activation.ReLU, Activation.Tanh),
            Truncation = Any(Truncation.Full, Truncation.Last(4)),
            AuxiliaryTruncation = Any(Truncation.Full, Truncation.Last(2)),
            SegmentTruncation = Any(SegmentTruncation.Whole, SegmentTruncation.Chunked),
            DecoderInputs = Any(Enum.GetValues<DecoderInputs>()),
            Anchors = 2,
        };
        using TinyCase fast = new TinyCase(spec, 11, 7, 2, new ComputeOptions()).Draw();
        using TinyCase plain = new TinyCase(spec, 11, 7, 2, without).Draw();
        (BatchLosses fastLosses, var gradients) = fast.Run(masks: new Generator(3));
        (BatchLosses plainLosses, var expected) = plain.Run(masks: new Generator(3));

        double Value(Tensor? value) => value is null ? 0 : value.item<double>();
        Assert.Equal(Value(plainLosses.Supervised), Value(fastLosses.Supervised), Tolerance);
        Assert.Equal(Value(plainLosses.Reconstruction), Value(fastLosses.Reconstruction), Tolerance);
        Assert.Equal(Value(plainLosses.Prediction), Value(fastLosses.Prediction), Tolerance);
        foreach ((string name, double[] values) in expected)
        {
            double difference = values.Zip(gradients[name], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(difference < Tolerance, $"{name}: gradients differ by {difference} for\n{spec}");
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void A_step_in_several_slices_repeats_itself_bit_for_bit(Precision precision)
    {
        Kernel.Require(precision);
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = ModelName.RpLstm,
            Precision = precision,
            Encoding = InputEncoding.Linear,
            Hidden = 20,
            DropRate = 0.5,
            Segment = 9,
        };
        Dictionary<string, double[]> Step()
        {
            using TinyCase tiny = new TinyCase(spec, 40, 33, 1, type: ScalarType.Float32).Draw();
            return Kernel.InSlices(4, () => tiny.Run(masks: new Generator(3)).Gradients);
        }

        Dictionary<string, double[]> first = Step();
        Assert.Contains(first["encoder.input.weight"], value => value != 0);
        Assert.Equal(first, Step());
    }
}
