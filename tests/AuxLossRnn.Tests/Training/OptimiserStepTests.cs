using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>The kit's step of an optimiser is TorchSharp's, to the rounding of float32.</summary>
public sealed class OptimiserStepTests
{
    private const int Steps = 50;

    public static TheoryData<OptimiserKind, double, double?> Cases { get; } = new(
        from kind in Enum.GetValues<OptimiserKind>()
        from decay in new[] { 0, 0.01 }
        from clip in new double?[] { null, 0.5 }
        select (kind, decay, clip));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_norms_and_the_state_are_those_of_torchsharp(OptimiserKind kind, double decay, double? clip)
    {
        ExperimentSpec spec = Spec(kind, decay, clip);
        using var ours = new Weights(ScalarType.Float32);
        using var theirs = new Weights(ScalarType.Float32);
        using var exact = new Weights(ScalarType.Float64);
        using OptimizerHelper ourState = Optimisers.Create(spec, ours), theirState = Optimisers.Create(spec, theirs), exactState = Optimisers.Create(spec, exact);
        var step = new OptimiserStep(ourState, ours, clip);
        for (int n = 0; n < Steps; n++)
        {
            using var scope = NewDisposeScope();
            double rate = 0.01 / (1 + n);
            foreach (Weights weights in new[] { ours, theirs, exact })
            {
                Gradients.Clear(weights.parameters());
                weights.Loss(n).backward();
            }

            double norm = step.Norm().item<double>();
            step.Take(rate);
            Assert.Equal(Gradients.ClipNorm(exact.parameters(), clip).item<double>(), norm, 1e-4 * norm);
            Gradients.ClipNorm(theirs.parameters(), clip);
            foreach (OptimizerHelper optimiser in new[] { theirState, exactState })
            {
                Optimisers.SetLearningRate(optimiser, rate);
                optimiser.step();
            }

            Assert.All(ours.parameters().Zip(theirs.parameters(), exact.parameters()), trio =>
            {
                Assert.True(trio.First.allclose(trio.Second, rtol: 1e-5, atol: 1e-6), $"step {n}");
                Assert.True(trio.First.to(ScalarType.Float64).allclose(trio.Third, rtol: 1e-4, atol: 1e-5), $"step {n}, float64");
            });
        }

        Assert.Null(ours.Idle.grad);
        AssertGoesOn(ourState, theirState, ours);
    }

    [Fact]
    public void Weights_of_another_type_are_left_to_torchsharp()
    {
        ExperimentSpec spec = Spec(OptimiserKind.Adam, 0.01, 0.5);
        using var ours = new Weights(ScalarType.Float64);
        using var theirs = new Weights(ScalarType.Float64);
        using OptimizerHelper ourState = Optimisers.Create(spec, ours), theirState = Optimisers.Create(spec, theirs);
        var step = new OptimiserStep(ourState, ours, spec.ClipNorm);
        using var scope = NewDisposeScope();
        ours.Loss(0).backward();
        theirs.Loss(0).backward();
        step.Norm();
        step.Take(spec.LearningRate);
        Gradients.ClipNorm(theirs.parameters(), spec.ClipNorm);
        theirState.step();
        Assert.All(ours.parameters().Zip(theirs.parameters()), pair => Assert.Equal(pair.Second.data<double>(), pair.First.data<double>()));
    }

    [Fact]
    public void A_gradient_that_is_no_number_makes_the_norm_none()
    {
        using var weights = new Weights(ScalarType.Float32);
        using OptimizerHelper state = Optimisers.Create(Spec(OptimiserKind.RmsProp, 0, 1), weights);
        using var scope = NewDisposeScope();
        (weights.Loss(0) * double.NaN).backward();
        Assert.True(double.IsNaN(new OptimiserStep(state, weights, 1).Norm().item<double>()));
    }

    /// <summary>What one saves, the other reads and goes on with: the same numbers, and the same steps counted.</summary>
    private static void AssertGoesOn(OptimizerHelper ours, OptimizerHelper theirs, Weights weights)
    {
        using var saved = new MemoryStream();
        ours.save_state_dict(new BinaryWriter(saved));
        byte[] first = saved.ToArray();
        theirs.load_state_dict(new BinaryReader(new MemoryStream(first)));
        using var again = new MemoryStream();
        theirs.save_state_dict(new BinaryWriter(again));
        Assert.Equal(first, again.ToArray());
        Assert.NotEmpty(weights.parameters());
    }

    private static ExperimentSpec Spec(OptimiserKind kind, double decay, double? clip) =>
        new() { Optimiser = kind, WeightDecay = decay, ClipNorm = clip, LearningRate = 0.01 };

    /// <summary>Weights of a length that fills no registers, one number alone, and one that the loss does not read.</summary>
    private sealed class Weights : nn.Module
    {
        private readonly Parameter _matrix, _one;

        public Weights(ScalarType type)
            : base(nameof(Weights))
        {
            using var random = new Generator(7);
            Parameter New(params long[] shape) => new(randn(shape, dtype: ScalarType.Float32, generator: random).to(type));
            (_matrix, _one, Idle) = (New(7, 29), New(1), New(3)); // [7, 29], [1], [3]
            register_parameter("matrix", _matrix);
            register_parameter("one", _one);
            register_parameter("idle", Idle);
        }

        public Parameter Idle { get; }

        public Tensor Loss(int step) => (_matrix * (step + 1)).sin().sum() + _one.pow(2).sum(); // []
    }
}
