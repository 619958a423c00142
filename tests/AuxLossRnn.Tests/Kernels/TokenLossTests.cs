using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>The token loss kernel against feed-forward layers and losses of libtorch.</summary>
public sealed class TokenLossTests
{
    private const double Tolerance = 1e-10;

    // Blocks are of 60 tokens, tiles of 6.
    private static readonly int[] TokenCounts = [1, 5, 59, 60, 61, 131], Sizes = [1, 5, 16, 33, 70];

    public TokenLossTests() => Kernel.Require();

    public static TheoryData<int, int> LevelsAndFeatures =>
        new MatrixTheoryData<int, int>([0, 2, 5, 16, 250, 256], [1, 3]);

    /// <summary>Zero levels stand for squared error.</summary>
    [Theory]
    [MemberData(nameof(LevelsAndFeatures))]
    [Trait("Category", "Slow")]
    public void Losses_and_gradients_are_those_of_torch_in_float64(int levels, int features)
    {
        var random = new RandomStream(levels * 10 + features, RandomPurpose.Split);
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            foreach (int tokens in TokenCounts)
            {
                int inputs = Sizes[random.Next(Sizes.Length)], hidden = Sizes[random.Next(Sizes.Length)];
                using var scope = NewDisposeScope();
                var head = new Head(inputs, features, levels, tokens, new FeedForwardOptions(hidden, activation, DropRate: 0));
                string what = $"{inputs} inputs, {hidden} hidden units, {tokens} tokens, {activation}";
                Dictionary<string, Tensor> expected = head.Plain(null);

                Kernel.AssertEqual(expected, head.Fused(null), Tolerance, what);
                Kernel.AssertEqual(expected, head.Fused(null, slices: 3), Tolerance, $"{what}, in slices");
                Kernel.AssertEqual(expected, head.Fused(null, contiguous: false), Tolerance, $"{what}, transposed");
                using (no_grad())
                {
                    Kernel.AssertEqual(head.Plain(null), head.Fused(null, slices: 2), Tolerance, $"{what}, without a graph");
                }
            }
        }
    }

    [Theory]
    [InlineData(Precision.Float32, 0, 1e-5)]
    [InlineData(Precision.Float32, 256, 1e-5)]
    [InlineData(Precision.BFloat16, 0, 0.02)]
    [InlineData(Precision.BFloat16, 256, 0.02)]
    public void In_other_precisions_they_differ_by_the_rounding(Precision precision, int levels, double bound)
    {
        // As in the LSTM: a gradient here comes through no more than four products, each off by at most 2 · 2⁻⁹ of itself.
        Kernel.Require(precision);
        using var scope = NewDisposeScope();
        var head = new Head(70, 1, levels, 131, new FeedForwardOptions(130, DropRate: 0, Activation: Activation.Tanh));
        Dictionary<string, Tensor> exact = head.Plain(null), rounded = head.In(ScalarType.Float32).Fused(null, 2, precision: precision);

        Assert.All(exact, entry => Assert.InRange(Kernel.Distance(entry.Value, rounded[entry.Key]), 0, bound));
        Assert.Equal(precision == Precision.BFloat16, Kernel.Distance(exact["hidden.weight"], rounded["hidden.weight"]) > 1e-4);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void The_same_call_twice_gives_the_same_bits(Precision precision)
    {
        Kernel.Require(precision);
        using var scope = NewDisposeScope();
        Head head = new Head(33, 1, 250, 1_000, new FeedForwardOptions(70, DropRate: 0)).In(ScalarType.Float32);

        Kernel.AssertSameBits(head.Fused(null, 5, precision: precision), head.Fused(null, 5, precision: precision));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(250)]
    public void Extreme_logits_have_finite_losses_and_gradients_like_torchs(int levels)
    {
        using var scope = NewDisposeScope();
        Head head = new Head(5, 1, levels, 70, new FeedForwardOptions(9, Activation.Tanh, DropRate: 0)).In(ScalarType.Float32);
        head.Scale("output.bias", 1e4);
        Dictionary<string, Tensor> expected = head.Plain(null), actual = head.Fused(null);

        Assert.True(expected["loss"].item<float>() > 1e4);
        Assert.All(actual.Values, value => Assert.True(value.isfinite().all().item<bool>()));
        Assert.All(expected, entry => Assert.InRange(Kernel.Distance(entry.Value, actual[entry.Key]), 0, 1e-5));
    }

    [Theory]
    [InlineData(0, "hidden.weight")]
    [InlineData(0, "output.bias")]
    [InlineData(5, "hidden.weight")]
    [InlineData(5, "output.bias")]
    [InlineData(250, "output.bias")]
    public void What_is_not_a_number_reaches_the_loss(int levels, string weight)
    {
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            foreach (double value in new[] { double.NaN, double.PositiveInfinity })
            {
                using var scope = NewDisposeScope();
                Head head = new Head(5, 1, levels, 70, new FeedForwardOptions(9, activation, DropRate: 0)).In(ScalarType.Float32);
                head.Scale(weight, double.IsNaN(value) ? value : 1);
                if (double.IsInfinity(value) && weight == "output.bias")
                {
                    head.Scale(weight, value);
                }

                float loss = head.Fused(null)["loss"].item<float>();
                Assert.Equal(float.IsFinite(head.Plain(null)["loss"].item<float>()), float.IsFinite(loss));
                Assert.True(!double.IsNaN(value) || float.IsNaN(loss), $"{activation}: a weight that is no number gives the loss {loss}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_token_beyond_the_levels_is_named(int slices)
    {
        using var scope = NewDisposeScope();
        var head = new Head(5, 1, 16, 70, new FeedForwardOptions(9, DropRate: 0));
        head.Tokens[69, 0, 0] = 16;

        var error = Assert.Throws<ArgumentException>(() => head.Fused(null, slices));
        Assert.Contains("A token has the level 16, but there are 16", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void DropConnect_draws_the_masks_of_the_plain_path(int levels)
    {
        using var scope = NewDisposeScope();
        var head = new Head(16, 3, levels, 61, new FeedForwardOptions(33));
        Dictionary<string, Tensor> expected = head.Plain(new Generator(4));

        Kernel.AssertEqual(expected, head.Fused(new Generator(4)), Tolerance, "masks of one seed");
        Assert.True(Kernel.Distance(expected["hidden.weight"], head.Fused(new Generator(5))["hidden.weight"]) > 0.01);
    }

    [Fact]
    public void Dropout_takes_the_plain_path_in_training_alone()
    {
        using var scope = NewDisposeScope();
        var head = new FeedForward(5, 7, new FeedForwardOptions(9, Regularisation: Regularisation.Dropout));

        Assert.Null(head.Weights(new Generator(1)));
        Assert.NotNull(head.Weights(null));

        var options = new AuxiliaryNetworkOptions(
            5, InputEncoding.Raw, 1, 7, TokenLoss.CrossEntropy, DecoderInputs.TeacherForcing, DecoderStart.Copy, SegmentTruncation.Whole,
            new FeedForwardOptions(9, Regularisation: Regularisation.Dropout), new ComputeOptions());
        var predictor = new TokenPredictor(5, 1, options);
        Tensor x = rand(6, 4, 5), tokens = zeros(6, 4, 1, dtype: ScalarType.Byte), targets = zeros(6, 4, 1); // [t, R, H], [t, R, F]
        Tensor expected = predictor.SumOfLosses(predictor.Predict(x, new Generator(2)), targets, tokens, null); // []

        Assert.Equal(expected.item<float>(), predictor.SumOfLosses(x, targets, tokens, null, new Generator(2)).item<float>());
    }

    /// <summary>Two feed-forward layers, what they read, and what they are to predict.</summary>
    private sealed class Head : nn.Module
    {
        private readonly FeedForward _layers;
        private readonly int _levels;
        private Tensor _x, _values;

        public Head(int inputs, int features, int levels, int tokens, FeedForwardOptions options)
            : base(nameof(Head))
        {
            var generator = new Generator((ulong)(levels + tokens));
            _levels = levels;
            _layers = new FeedForward(inputs, features * Math.Max(1, levels), options);
            _layers.RegisterIn(this);
            this.to(ScalarType.Float64);
            using (no_grad())
            {
                foreach ((string name, var weight) in named_parameters())
                {
                    weight.copy_(Kernel.Normal(generator, weight.shape) / (name.EndsWith("weight", StringComparison.Ordinal) ? Math.Sqrt(weight.shape[1]) : 1));
                }
            }

            _x = Kernel.Normal(generator, tokens, 1, inputs); // [N, 1, D]
            _values = Kernel.Normal(generator, tokens, 1, features); // [N, 1, F]
            Tokens = (rand(_values.shape, generator: generator) * Math.Max(1, levels)).to(ScalarType.Byte); // [N, 1, F]
        }

        /// <summary>The levels to predict, uint8 <c>[N, 1, F]</c>.</summary>
        public Tensor Tokens { get; }

        public Head In(ScalarType type)
        {
            this.to(type);
            (_x, _values) = (_x.to(type), _values.to(type)); // [N, 1, D], [N, 1, F]
            return this;
        }

        public void Scale(string weight, double factor)
        {
            using var noGradient = no_grad();
            named_parameters().Single(entry => entry.name == weight).parameter.mul_(factor);
        }

        /// <summary>The loss and all gradients through libtorch's operations.</summary>
        public Dictionary<string, Tensor> Plain(Generator? masks) => Outcome(_x, x =>
        {
            Tensor predictions = _layers.Forward(x, masks); // [N, 1, F·levels]
            return _levels == 0
                ? nn.functional.mse_loss(predictions, _values, nn.Reduction.Sum)
                : nn.functional.cross_entropy(
                    predictions.reshape(-1, _levels), Tokens.to(ScalarType.Int64).reshape(-1), reduction: nn.Reduction.Sum);
        });

        /// <summary>The same by the kernel.</summary>
        public Dictionary<string, Tensor> Fused(
            Generator? masks, int slices = 1, bool contiguous = true, Precision precision = Precision.Float32)
        {
            Tensor Laid(Tensor value) => contiguous ? value : value.transpose(0, 2).contiguous().transpose(0, 2); // [N, 1, …]
            return Kernel.InSlices(slices, () => Outcome(Laid(_x), x => TokenLossFunction.Sum(
                x, _layers.Weights(masks)!, Laid(_values), Laid(Tokens), _levels, precision == Precision.BFloat16)));
        }

        private Dictionary<string, Tensor> Outcome(Tensor value, Func<Tensor, Tensor> sum)
        {
            zero_grad();
            Tensor x = value.detach().requires_grad_(); // [N, 1, D]
            Tensor loss = sum(x); // []
            Assert.Equal(is_grad_enabled(), loss.requires_grad);
            var outcome = new Dictionary<string, Tensor>
            {
                ["loss"] = loss.detach(),
            };
            if (loss.requires_grad)
            {
                // A gradient other than 1, so that the scale shows.
                (loss * 0.5).backward();
                outcome["dx"] = x.grad!;
                foreach ((string name, var weight) in named_parameters())
                {
                    outcome[name] = weight.grad!.clone();
                }
            }

            return outcome;
        }
    }
}
