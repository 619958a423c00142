using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Kernels;
using AuxLossRnn.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

/// <summary>A projection folded into the weights of libtorch's LSTM leaves function and gradients as they are.</summary>
[Collection(OneAtATime.Name)]
public sealed class FoldedInputTests
{
    private const double Tolerance = 1e-10;
    private const int Features = 3, Size = 9, Hidden = 8, Batch = 5;

    private static readonly ComputeOptions Folded = new(FusedLstm: false, FusedHead: false);
    private static readonly ComputeOptions Projected = Folded with { FoldedInput = false };

    public static TheoryData<int, int> Shapes => new MatrixTheoryData<int, int>([1, 2, 3], [1, 2, 40]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Results_and_gradients_are_those_of_the_projection_in_float64(int layers, int steps)
    {
        using var scope = NewDisposeScope();

        Kernel.AssertEqual(Outcome(Projected, layers, steps), Outcome(Folded, layers, steps), Tolerance, $"{layers} layers, {steps} steps");
    }

    /// <summary>As truncated passes and decoders call them: each with its own graph, all before the backward pass.</summary>
    [Fact]
    public void Several_calls_before_one_backward_pass_have_the_gradients_of_the_projection()
    {
        using var scope = NewDisposeScope();

        Kernel.AssertEqual(Outcome(Projected, 2, 12, calls: 4), Outcome(Folded, 2, 12, calls: 4), Tolerance, "four calls");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Without_a_graph_results_are_the_same_and_need_no_gradient(int layers, int steps)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Dictionary<string, Tensor> values = Outcome(Folded, layers, steps);

        Kernel.AssertEqual(Outcome(Projected, layers, steps), values, Tolerance, $"{layers} layers, {steps} steps");
        Assert.All(values.Values, value => Assert.False(value.requires_grad));
    }

    [Fact]
    public void In_inference_mode_results_are_the_same()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> expected = Outcome(Projected, 2, 7, gradients: false);
        using var inference = inference_mode();

        Kernel.AssertEqual(expected, Outcome(Folded, 2, 7, gradients: false), Tolerance, "inference mode");
    }

    [Fact]
    public void Float32_differs_from_float64_by_its_rounding()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> exact = Outcome(Projected, 2, 40);

        Assert.All(Outcome(Folded, 2, 40, ScalarType.Float32), entry => Assert.InRange(Kernel.Distance(exact[entry.Key], entry.Value), 1e-9, 1e-5));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Only_a_projection_that_is_not_folded_is_computed(bool folded, int expected)
    {
        using var scope = NewDisposeScope();
        using var owner = new Owner(folded ? Folded : Projected, 1);
        int calls = 0;
        owner.Projection.register_forward_hook((_, _, output) =>
        {
            calls++;
            return output;
        });
        owner.Lstm.Read(zeros(2, Batch, Features, ScalarType.Float64), owner.Projection, owner.Zero(), ReadResult.Both);

        Assert.Equal(expected, calls);
    }

    [Fact]
    public void Weights_have_the_same_names_and_shapes()
    {
        using Owner folded = new(Folded, 2), projected = new(Projected, 2);
        folded.Lstm.Read(zeros(2, Batch, Features, ScalarType.Float64), folded.Projection, folded.Zero(), ReadResult.Both);

        Assert.Equal(
            projected.state_dict().Select(entry => (entry.Key, string.Join('×', entry.Value.shape))),
            folded.state_dict().Select(entry => (entry.Key, string.Join('×', entry.Value.shape))));
    }

    /// <summary>cuDNN reads weights where it expects them in one piece of memory; there are no other witnesses without a CUDA device.</summary>
    [Fact]
    public void Weights_side_by_side_are_the_same_with_all_matrices_first()
    {
        using var scope = NewDisposeScope();
        var generator = new Generator(3);
        long[][] shapes = [[32, 3], [32, 8], [32], [32], [32, 8], [32, 8], [32], [32]];
        Tensor[] weights = [.. shapes.Select(shape => Kernel.Normal(generator, shape).requires_grad_())];
        Tensor[] views = TorchLstm.SideBySide(weights);

        Assert.All(weights.Zip(views), pair => Assert.True(pair.First.Equals(pair.Second)));
        Tensor[] inMemory = [.. views.OrderBy(view => view.storage_offset())];
        Assert.Equal([0, 1, 4, 5, 2, 3, 6, 7], inMemory.Select(view => Array.IndexOf(views, view)));
        long end = 0;
        foreach (Tensor view in inMemory)
        {
            Assert.Equal(end, view.storage_offset());
            Assert.True(view.is_contiguous());
            end += view.numel();
        }

        // d Σᵢ (i + 1) Σ wᵢ / d wᵢ = i + 1
        views.Select((view, i) => view.sum() * (i + 1)).Aggregate((sum, one) => sum + one).backward();
        Assert.All(weights.Index(), one => Assert.True(one.Item.grad!.eq(one.Index + 1).all().item<bool>()));
    }

    public static TheoryData<ModelName, DecoderInputs, SegmentTruncation, bool> Models => new MatrixTheoryData<ModelName, DecoderInputs, SegmentTruncation, bool>(
        ["r-lstm", "rp-lstm"], Enum.GetValues<DecoderInputs>(), Enum.GetValues<SegmentTruncation>(), [false, true]);

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_and_gradients_of_a_whole_model_are_those_of_the_projection(
        ModelName model, DecoderInputs inputs, SegmentTruncation segments, bool checkpointing)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = model,
            Encoding = InputEncoding.Linear,
            EncodingSize = 6,
            Truncation = checkpointing ? Truncation.Full : Truncation.Last(4),
            AuxiliaryTruncation = checkpointing ? Truncation.Full : Truncation.Last(2),
            SegmentCheckpointing = checkpointing,
            SegmentTruncation = segments,
            DecoderInputs = inputs,
            Anchors = 2,
        };
        using TinyCase folded = new TinyCase(spec, 11, 7, 2, Folded).Draw(), projected = new TinyCase(spec, 11, 7, 2, Projected).Draw();
        (BatchLosses losses, Dictionary<string, double[]> gradients) = folded.Run();
        (BatchLosses expectedLosses, Dictionary<string, double[]> expected) = projected.Run();

        Assert.Equal(expectedLosses.Supervised!.item<double>(), losses.Supervised!.item<double>(), Tolerance);
        Assert.Equal(expectedLosses.AuxiliarySum!.item<double>(), losses.AuxiliarySum!.item<double>(), Tolerance);
        Assert.All(expected, entry => Assert.All(entry.Value.Zip(gradients[entry.Key]), pair => Assert.Equal(pair.First, pair.Second, Tolerance)));
        Assert.Contains(gradients["encoder.input.weight"], value => value != 0);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_thousand_steps_leave_no_tensor_in_use()
    {
        using var scope = NewDisposeScope();
        using var owner = new Owner(Folded, 2);
        Step();

        // What earlier tests forgot is not to be freed while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long tensors = Tensor.TotalCount;
        for (int i = 0; i < 1_000; i++)
        {
            Step();
        }

        Assert.Equal(tensors, Tensor.TotalCount);

        void Step()
        {
            using var step = NewDisposeScope();
            owner.zero_grad();
            (Tensor? first, LstmState state) = owner.Lstm.Read(ones(3, Batch, Features, ScalarType.Float64), owner.Projection, owner.Zero(), ReadResult.Both);
            (Tensor? second, _) = owner.Lstm.Read(ones(3, Batch, Features, ScalarType.Float64), owner.Projection, state.Detach(), ReadResult.Both);
            (first!.sum() + second!.sum()).backward();
        }
    }

    /// <summary>Results of some calls one after the other and, where a graph is recorded, all gradients, from numbers that depend on the shape alone.</summary>
    private static Dictionary<string, Tensor> Outcome(
        ComputeOptions compute, int layers, int steps, ScalarType type = ScalarType.Float64, int calls = 1, bool gradients = true)
    {
        var generator = new Generator(5);
        Tensor Normal(params long[] shape) => Kernel.Normal(generator, shape).to(type);
        Tensor x = Normal(steps, Batch, Features), dOutputs = Normal(steps, Batch, Hidden); // [t, B, F], [t, B, H]
        Tensor h = Normal(layers, Batch, Hidden), c = Normal(layers, Batch, Hidden); // [layers, B, H]
        using var owner = new Owner(compute, layers, type);
        using (no_grad())
        {
            foreach ((string _, Parameter weight) in owner.named_parameters().OrderBy(entry => entry.name))
            {
                weight.copy_(Normal(weight.shape) / 2);
            }
        }

        bool records = gradients && is_grad_enabled();
        Tensor[] leaves = [.. new[] { x, h, c }.Select(value => value.clone().requires_grad_(records))];
        var state = new LstmState(leaves[1], leaves[2]);
        var outputs = new List<Tensor>();
        foreach (Tensor piece in leaves[0].chunk(calls))
        {
            (Tensor? some, state) = owner.Lstm.Read(piece, owner.Projection, outputs.Count % 2 == 0 ? state : state.Detach(), ReadResult.Both); // [t, B, H]
            outputs.Add(some!);
        }

        Tensor all = cat(outputs); // [t, B, H]
        var outcome = new Dictionary<string, Tensor>();
        (outcome["outputs"], outcome["h"], outcome["c"]) = (all.detach(), state.Hidden.detach(), state.Cell.detach());
        if (records)
        {
            ((all * dOutputs).sum() + (state.Hidden * h).sum() + (state.Cell * c).sum()).backward();
            foreach ((string name, Parameter weight) in owner.named_parameters())
            {
                outcome[name] = weight.grad!.clone();
            }

            (outcome["dx"], outcome["dh"], outcome["dc"]) = (leaves[0].grad!, leaves[1].grad!, leaves[2].grad!);
        }

        return outcome;
    }

    private sealed class Owner : nn.Module
    {
        private readonly int _layers;

        public Owner(ComputeOptions compute, int layers, ScalarType type = ScalarType.Float64)
            : base(nameof(Owner))
        {
            _layers = layers;
            Projection = nn.Linear(Features, Size);
            Lstm = new LstmLayers(Size, Hidden, layers, compute);
            register_module("input", Projection);
            Lstm.RegisterIn(this);
            this.to(type);
        }

        public Linear Projection { get; }

        public LstmLayers Lstm { get; }

        public LstmState Zero() => LstmState.Zero(_layers, Batch, Hidden, Projection.weight!);
    }
}
