using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Training;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

/// <summary>The models that the LSTM is compared with.</summary>
[Collection(OneAtATime.Name)]
public sealed class BaselineTests
{
    private const double Tolerance = 1e-10;
    private const int Steps = 6;

    /// <summary>Each recurrent kind with each truncation and encoding, the Transformer with all of its steps.</summary>
    public static TheoryData<ModelName, string, InputEncoding> Cases { get; } = new(
        from kind in new[] { ModelName.Gru, ModelName.Irnn, ModelName.Urnn, ModelName.Transformer }
        from truncation in kind == ModelName.Transformer ? ["full"] : new[] { "full", "none", "2", "5", "99" }
        from encoding in Enum.GetValues<InputEncoding>()
        select (kind, truncation, encoding));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_gradients_of_every_weight_are_the_references(ModelName kind, string truncation, InputEncoding encoding)
    {
        using TinyCase tiny = Tiny(kind, spec => spec with { Truncation = Truncation.Parse(truncation), Encoding = encoding });
        (double loss, var expected) = tiny.BaselineReference();
        (BatchLosses losses, var gradients) = tiny.Run();

        Assert.Equal(loss, losses.Supervised!.item<double>(), Tolerance);
        Assert.Equal(expected.Keys.Order(), gradients.Keys.Order());
        foreach ((string name, double[] values) in gradients)
        {
            Assert.True(values.Zip(expected[name], (a, b) => Math.Abs(a - b)).Max() < Tolerance, name);
            bool read = truncation is not ("none" or "2" or "5") || name != "encoder.state";
            Assert.Equal(name.StartsWith("classifier", StringComparison.Ordinal) || (truncation != "none" && read), values.Any(value => value != 0));
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("irnn")]
    [InlineData("urnn")]
    public void Reading_on_from_a_state_is_reading_at_once_and_the_last_output_is_the_state(ModelName kind)
    {
        using TinyCase tiny = Tiny(kind);
        using var noGradient = no_grad();
        SequenceEncoder encoder = tiny.Model.Encoder;
        EncoderState start = encoder.InitialState(tiny.Batch.Size);
        (Tensor? outputs, EncoderState whole) = encoder.Read(tiny.Batch.Inputs, tiny.Batch.Tokens, start, ReadResult.Both);
        EncoderState state = start;
        for (int t = 0; t < Steps; t++)
        {
            state = encoder.Read(tiny.Batch.Inputs.narrow(0, t, 1), tiny.Batch.Tokens.narrow(0, t, 1), state, ReadResult.State).State;
            Assert.True(allclose(state[0][0], outputs![t], 0, 1e-12));
        }

        Assert.True(allclose(state[0], whole[0], 0, 1e-12));
        Assert.Equal([Steps, tiny.Batch.Size, encoder.StateSize], outputs!.shape);
    }

    // At H = E = 128, M = 256, C = 10, one feature a step. The input layer has 2·128 = 256 weights, and the classifier
    // S·256 + 256 + 256·10 + 10 with S = 128: 35,594.
    [Theory]
    [InlineData("lstm", 256 + 132_096 + 35_594)] // 4H(E + H) + 2·4H = 131,072 + 1,024
    [InlineData("gru", 256 + 99_072 + 35_594)] // 3H(E + H) + 2·3H = 98,304 + 768
    [InlineData("irnn", 256 + 33_024 + 35_594)] // H(E + H) + 2H = 32,768 + 256
    [InlineData("urnn", 256 + 34_048 + 68_362)] // 3H + 4H + H + 2H + 2HE = 1,280 + 32,768; S = 2H: 65,536 + 256 + 2,570
    [InlineData("transformer", 256 + 158_336 + 19_210)] // S = 64: 8,256 projected, 3 · 49,984, 128 for the last norm; 16,384 + 256 + 2,570
    public void Each_has_the_parameters_of_its_formula_at_the_papers_sizes(ModelName kind, long expected)
    {
        using var model = new AuxiliaryLossModel(new ExperimentSpec { Model = kind }, 1, 10);

        Assert.Equal(expected, model.parameters().Sum(weight => weight.numel()));
    }

    [Theory]
    [InlineData("gru", "gru.bias_hh_l0 gru.bias_ih_l0 gru.weight_hh_l0 gru.weight_ih_l0")]
    [InlineData("irnn", "rnn.bias_hh_l0 rnn.bias_ih_l0 rnn.weight_hh_l0 rnn.weight_ih_l0")]
    [InlineData("urnn", "bias phases reflections state weight_ih")]
    public void Recurrent_weights_have_the_names_of_pytorch_where_it_has_the_layer(ModelName kind, string names)
    {
        using TinyCase tiny = Tiny(kind);

        Assert.Equal(
            names.Split(' ').Select(name => $"encoder.{name}"),
            tiny.Model.named_parameters().Select(entry => entry.name).Where(name => name.StartsWith("encoder", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void A_transformers_weights_have_the_names_of_pytorchs_encoder()
    {
        string[] layer =
        [
            "linear1.bias", "linear1.weight", "linear2.bias", "linear2.weight", "norm1.bias", "norm1.weight", "norm2.bias", "norm2.weight",
            "self_attn.in_proj_bias", "self_attn.in_proj_weight", "self_attn.out_proj.bias", "self_attn.out_proj.weight",
        ];
        using TinyCase tiny = Tiny(ModelName.Transformer);

        Assert.Equal(
            [
                "encoder.projection.bias", "encoder.projection.weight",
                .. from n in Enumerable.Range(0, 3) from name in layer select $"encoder.transformer.layers.{n}.{name}",
                "encoder.transformer.norm.bias", "encoder.transformer.norm.weight",
            ],
            tiny.Model.named_parameters().Select(entry => entry.name)
                .Where(name => name.StartsWith("encoder", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_irnn_begins_as_the_identity_with_small_inputs()
    {
        using var model = new AuxiliaryLossModel(new ExperimentSpec { Model = ModelName.Irnn }, 1, 10);
        var weights = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);

        Assert.True(weights["encoder.rnn.weight_hh_l0"].equal(eye(128)).all().item<bool>());
        Assert.Equal(0, (weights["encoder.rnn.bias_ih_l0"].abs() + weights["encoder.rnn.bias_hh_l0"].abs()).sum().item<float>());

        // 16,384 draws of N(0, 0.001²): mean and deviation within four of their own deviations.
        Tensor inputs = weights["encoder.rnn.weight_ih_l0"].to(ScalarType.Float64);
        Assert.InRange(inputs.mean().item<double>(), -4 * 0.001 / 128, 4 * 0.001 / 128);
        Assert.InRange(inputs.square().mean().sqrt().item<double>(), 0.001 * (1 - 4 / 181.0), 0.001 * (1 + 4 / 181.0));
    }

    [Fact]
    public void A_transformer_reads_a_long_sequence_whole_where_others_are_read_in_pieces()
    {
        // Without a graph recurrent networks read 512 steps at a time.
        const int steps = 600;
        using var tiny = new TinyCase(TinyRun.Of(ModelName.Transformer), steps, 2, 1);
        using var noGradient = no_grad();
        var pass = new MainPass(tiny.Model.Encoder, tiny.Batch);
        pass.Run([], [steps]);
        SequenceEncoder encoder = tiny.Model.Encoder;
        Tensor expected = encoder.Read(tiny.Batch.Inputs, tiny.Batch.Tokens, encoder.InitialState(2), ReadResult.State).State[0]; // [1, B, S]

        Assert.True(allclose(expected, pass.ReadWindows([(0, steps), (1, steps)], 0, ReadResult.State).State[0], 0, 1e-12));
    }

    /// <summary>A tiny model whose weights have all been moved, so that none is zero or one.</summary>
    internal static TinyCase Tiny(ModelName kind, Func<ExperimentSpec, ExperimentSpec>? change = null)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = kind,
            Hidden = kind == ModelName.Transformer ? 2 * TransformerEncoder.HiddenMultiple : 4,
        };
        return new TinyCase(change?.Invoke(spec) ?? spec, Steps, 3, 2).Move();
    }
}
