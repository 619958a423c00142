using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>The LSTM kernel against <c>torch.nn.LSTM</c>.</summary>
public sealed class LstmKernelTests
{
    private const double Tolerance = 1e-10;

    private static readonly int[] Inputs = [1, 3, 4, 5, 9, 70, 128], Hidden = [1, 5, 8, 16, 33, 64, 70, 128];
    private static readonly int[] Batch = [1, 2, 5, 6, 7, 13, 64, 128], Steps = [1, 2, 3, 9, 40];

    public LstmKernelTests() => Kernel.Require();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 100)];

    /// <summary>A hundred random shapes, most of them no multiple of a register, a tile or a block.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    [Trait("Category", "Slow")]
    public void Any_shape_has_the_results_and_gradients_of_torch_in_float64(int seed)
    {
        LstmShape shape = Shape(seed);
        using var scope = NewDisposeScope();
        var sample = new LstmSample(shape, (ulong)seed);

        Kernel.AssertEqual(sample.Torch(), sample.Kit(), Tolerance, $"{shape}");
    }

    /// <summary>Weight gradients are summed over 256 rows and steps at a time: whole blocks, and a last one of one step.</summary>
    [Theory]
    [InlineData(128, 5)]
    [InlineData(13, 40)]
    [InlineData(1, 43)]
    [InlineData(300, 3)]
    public void Gradients_are_those_of_torch_over_several_blocks_of_steps(int batch, int steps)
    {
        foreach (int slices in new[] { 1, 3 })
        {
            var shape = new LstmShape(9, 20, batch, steps)
            {
                Slices = slices,
            };
            using var scope = NewDisposeScope();
            var sample = new LstmSample(shape, 1);

            Kernel.AssertEqual(sample.Torch(), sample.Kit(), Tolerance, $"{shape}");
        }
    }

    [Theory]
    [InlineData(RecurrentResult.Outputs)]
    [InlineData(RecurrentResult.State)]
    [InlineData(RecurrentResult.Both)]
    public void Without_a_graph_results_are_the_same_and_need_no_gradient(RecurrentResult result)
    {
        var shape = new LstmShape(5, 33, 13, 9)
        {
            Result = result,
            Slices = 2,
        };
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var sample = new LstmSample(shape, 3);
        Dictionary<string, Tensor> values = sample.Kit();

        Kernel.AssertEqual(sample.Torch(), values, Tolerance, $"{shape}");
        Assert.All(values.Values, value => Assert.False(value.requires_grad));
    }

    [Fact]
    public void The_last_state_beside_outputs_alone_has_no_graph()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones(2, 3, 4), state = zeros(3, 5);
        Tensor weights = ones(20, 4).requires_grad_(), recurrent = ones(20, 5), bias = ones(20);
        (Tensor? outputs, Tensor hidden, Tensor? cell) = RecurrentFunction.Read(
            RecurrentKind.Lstm, x, state, state, (weights, recurrent, bias), RecurrentResult.Outputs, bfloat16: false);

        Assert.True(outputs!.requires_grad);
        Assert.False(hidden.requires_grad || cell!.requires_grad);
        Assert.True(outputs[1].detach().bytes.SequenceEqual(hidden.bytes));
    }

    [Theory]
    [InlineData(RecurrentResult.Outputs, 1)]
    [InlineData(RecurrentResult.Both, 1)]
    [InlineData(RecurrentResult.Both, 3)]
    public void Two_layers_with_a_projection_have_the_results_and_gradients_of_torch(RecurrentResult result, int slices)
    {
        const int features = 3, hidden = 20, layers = 2, batch = 15, steps = 12;
        using var scope = NewDisposeScope();
        var generator = new Generator(5);
        Tensor x = Kernel.Normal(generator, steps, batch, features), dOutputs = Kernel.Normal(generator, steps, batch, hidden);
        Tensor h = Kernel.Normal(generator, layers, batch, hidden), c = Kernel.Normal(generator, layers, batch, hidden); // [2, B, H]
        Tensor[] values = [.. new Owner(new ComputeOptions()).Weights.Select(weight => Kernel.Normal(generator, weight.shape) / 4)];
        ComputeOptions plain = new(FusedLstm: false, FoldedInput: false), folded = new(), linear = new(FoldedInput: false);
        Dictionary<string, Tensor> expected = Outcome(plain);

        Kernel.AssertEqual(expected, Outcome(folded), Tolerance, "the folded projection");
        Kernel.AssertEqual(expected, Outcome(linear), Tolerance, "a projection of its own");

        Dictionary<string, Tensor> Outcome(ComputeOptions compute)
        {
            using var owner = new Owner(compute);
            using (no_grad())
            {
                foreach ((Tensor weight, Tensor value) in owner.Weights.Zip(values))
                {
                    weight.copy_(value);
                }
            }

            Tensor[] leaves = [.. new[] { x, h, c }.Select(value => value.clone().requires_grad_())];
            (Tensor? outputs, LstmState state) = Kernel.InSlices(
                slices, () => owner.Lstm.Read(leaves[0], owner.Projection, new LstmState(leaves[1], leaves[2]), (ReadResult)result));
            Tensor loss = (outputs! * dOutputs).sum(); // []
            if (result == RecurrentResult.Both)
            {
                loss += (state.Hidden * h).sum() + (state.Cell! * c).sum(); // []
            }

            Kernel.InSlices(slices, () =>
            {
                loss.backward();
                return 0;
            });
            var outcome = owner.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone());
            (outcome["outputs"], outcome["h"], outcome["c"]) = (outputs!.detach(), state.Hidden.detach(), state.Cell!.detach());
            (outcome["dx"], outcome["dh"], outcome["dc"]) = (leaves[0].grad!, leaves[1].grad!, leaves[2].grad!);
            return outcome;
        }
    }

    [Theory]
    [InlineData(1, 128, 128, 40)]
    [InlineData(70, 33, 13, 9)]
    [InlineData(128, 64, 7, 40)]
    public void Float32_differs_from_float64_by_its_rounding(int inputs, int hidden, int batch, int steps)
    {
        var shape = new LstmShape(inputs, hidden, batch, steps)
        {
            Slices = 2,
        };
        using var scope = NewDisposeScope();
        var sample = new LstmSample(shape, 7);
        Dictionary<string, Tensor> exact = sample.Torch();

        Assert.All(sample.Kit(ScalarType.Float32), entry => Assert.InRange(Kernel.Distance(exact[entry.Key], entry.Value), 0, 1e-5));
    }

    /// <summary>
    /// A bfloat16 has 8 significant bits: an operand is off by at most u = 2⁻⁹ of itself, a product of two by 2u. A weight's
    /// gradient comes through five products (W_x x, W_h h, dgates W_h, dgates W_x, and the sum over steps itself): 10 u = 2 %,
    /// if every error adds up and nothing cancels. Most of them average out.
    /// </summary>
    [Theory]
    [InlineData(1, 128, 128, 40)]
    [InlineData(70, 33, 13, 9)]
    [InlineData(128, 64, 7, 40)]
    public void Bfloat16_differs_from_float64_by_its_rounding(int inputs, int hidden, int batch, int steps)
    {
        Kernel.Require(Precision.BFloat16);
        var shape = new LstmShape(inputs, hidden, batch, steps)
        {
            Slices = 2,
        };
        using var scope = NewDisposeScope();
        var sample = new LstmSample(shape, 7);
        Dictionary<string, Tensor> exact = sample.Torch();

        // That products are rounded at all shows at the lower end.
        Assert.All(
            sample.Kit(ScalarType.Float32, Precision.BFloat16),
            entry => Assert.InRange(Kernel.Distance(exact[entry.Key], entry.Value), 1e-4, 0.02));
    }

    [Fact]
    public void In_bfloat16_a_step_on_numbers_that_need_no_rounding_is_that_of_float32()
    {
        Kernel.Require(Precision.BFloat16);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var generator = new Generator(9);
        Tensor Short(params long[] shape) => Kernel.Normal(generator, shape).to(ScalarType.BFloat16).to(ScalarType.Float32);
        Tensor x = Short(1, 7, 70), h = Short(7, 33), c = Short(7, 33), wx = Short(132, 70) / 8, wh = Short(132, 33) / 8, b = Short(132);
        (_, Tensor hidden, Tensor? cell) = RecurrentFunction.Read(RecurrentKind.Lstm, x, h, c, (wx, wh, b), RecurrentResult.State, bfloat16: false);
        (_, Tensor shortHidden, Tensor? shortCell) = RecurrentFunction.Read(RecurrentKind.Lstm, x, h, c, (wx, wh, b), RecurrentResult.State, bfloat16: true);

        Assert.InRange(Kernel.Distance(hidden, shortHidden), 0, 1e-6);
        Assert.InRange(Kernel.Distance(cell!, shortCell!), 0, 1e-6);
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void The_same_call_twice_gives_the_same_bits(Precision precision)
    {
        Kernel.Require(precision);
        var shape = new LstmShape(9, 70, 64, 20)
        {
            Slices = 5,
        };
        using var scope = NewDisposeScope();
        var sample = new LstmSample(shape, 11);

        Kernel.AssertSameBits(sample.Kit(ScalarType.Float32, precision), sample.Kit(ScalarType.Float32, precision));
    }

    /// <summary>A row that holds no number makes its own row of the results none, and the weights' gradients.</summary>
    [Theory]
    [InlineData(Precision.Float32, ScalarType.Float64)]
    [InlineData(Precision.Float32, ScalarType.Float32)]
    [InlineData(Precision.BFloat16, ScalarType.Float32)]
    public void What_is_not_a_number_stays_none(Precision precision, ScalarType type)
    {
        Kernel.Require(precision);
        foreach (int inputs in new[] { 1, 40 })
        {
            using var scope = NewDisposeScope();
            Tensor x = ones(3, 4, inputs, dtype: type), state = zeros(4, 6, dtype: type);
            x[0, 2, 0] = double.NaN;
            Tensor weights = ones(24, inputs, dtype: type).requires_grad_(), recurrent = ones(24, 6, dtype: type), bias = ones(24, dtype: type);
            recurrent.requires_grad_();
            bias.requires_grad_();
            (Tensor? outputs, Tensor hidden, Tensor? cell) = RecurrentFunction.Read(
                RecurrentKind.Lstm, x, state, state, (weights, recurrent, bias), RecurrentResult.Both, precision == Precision.BFloat16);
            (outputs!.sum() + hidden.sum() + cell!.sum()).backward();

            // [t, B, H], [B, H]: all of row 2, and nothing else.
            Assert.All(new[] { outputs[0], outputs[2], hidden, cell }, value => Assert.Equal(
                [false, false, true, false], value.isnan().all(1).data<bool>().ToArray()));
            Assert.All(new[] { outputs[0], outputs[2], hidden, cell }, value => Assert.Equal(
                [false, false, true, false], value.isnan().any(1).data<bool>().ToArray()));
            Assert.All(new[] { weights, recurrent, bias }, weight => Assert.True(weight.grad!.isnan().any().item<bool>()));
        }
    }

    [Fact]
    public void A_second_backward_pass_is_refused()
    {
        using var scope = NewDisposeScope();
        Tensor[] tensors = [ones(2, 3, 4), zeros(3, 5), ones(20, 4), ones(20, 5), ones(20), zeros(3, 5)];
        using RecurrentRun run = RecurrentRun.Create(tensors, new RecurrentCall(RecurrentKind.Lstm, RecurrentResult.State, BFloat16: false), records: true);
        Tensor gradient = ones_like(run.Forward(tensors)); // [2, B, H]
        run.Backward(tensors, gradient);
        run.Dispose();

        var error = Assert.Throws<InvalidOperationException>(() => run.Backward(tensors, gradient));
        Assert.Contains("call the layer again", error.Message);
    }

    private static LstmShape Shape(int seed)
    {
        var random = new RandomStream(seed, RandomPurpose.Split);
        TValue Any<TValue>(TValue[] values) => values[random.Next(values.Length)];
        return new LstmShape(Any(Inputs), Any(Hidden), Any(Batch), Any(Steps))
        {
            Result = Any(Enum.GetValues<RecurrentResult>()),
            InputsNeedGradient = random.Next(2) == 0,
            StateNeedsGradient = random.Next(2) == 0,
            Contiguous = random.Next(3) > 0,
            Slices = Any([1, 2, 3, 7]),
        };
    }

    private sealed class Owner : nn.Module
    {
        public Owner(ComputeOptions compute)
            : base(nameof(Owner))
        {
            Projection = nn.Linear(3, 9);
            Lstm = new LstmLayers(9, 20, 2, compute);
            register_module("input", Projection);
            Lstm.RegisterIn(this);
            this.to(ScalarType.Float64);
        }

        public Linear Projection { get; }

        public LstmLayers Lstm { get; }

        public IEnumerable<Tensor> Weights => named_parameters().OrderBy(entry => entry.name).Select(entry => (Tensor)entry.parameter);
    }
}
