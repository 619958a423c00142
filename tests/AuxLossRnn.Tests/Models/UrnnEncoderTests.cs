using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Models;

[Collection(OneAtATime.Name)]
public sealed class UrnnEncoderTests
{
    private const double Tolerance = 1e-12;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(128)]
    public void The_recurrent_matrix_is_unitary_at_first_and_after_training_steps(int hidden)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.Urnn, Hidden = hidden, LearningRate = 0.1 };
        using var tiny = new TinyCase(spec, 4, 3, 1);
        using var optimiser = Optimisers.Create(spec, tiny.Model);
        using Tensor before = Matrix(tiny);
        AssertUnitary(before);
        for (int step = 0; step < 5; step++)
        {
            tiny.Run();
            optimiser.step();
        }

        using Tensor after = Matrix(tiny);
        AssertUnitary(after);
        Assert.True((after - before).abs().max().item<double>() > 0.01);
    }

    [Fact]
    public void At_first_a_step_without_input_keeps_the_norm()
    {
        using TinyCase tiny = new(TinyCase.TinySpec with { Model = ModelName.Urnn, Hidden = 16 }, 50, 3, 1);
        using var noGradient = no_grad();
        Tensor state = tiny.Model.Encoder.InitialState(3)[0]; // [1, B, 2H]
        (Tensor? outputs, _) = tiny.Model.Encoder.Read(
            zeros_like(tiny.Batch.Inputs), tiny.Batch.Tokens, new EncoderState(state), ReadResult.Outputs); // [T, B, 2H]

        double expected = state.norm().item<double>();
        Assert.All(Enumerable.Range(0, 50), t => Assert.Equal(expected, outputs![t].norm().item<double>(), 1e-10));
    }

    [Fact]
    public void It_begins_as_in_the_paper()
    {
        const int hidden = 512;
        using var model = new AuxiliaryLossModel(new ExperimentSpec { Model = ModelName.Urnn, Hidden = hidden }, 1, 10);
        var weights = model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.to(ScalarType.Float64));

        void Uniform(string name, double bound)
        {
            // Mean and mean square of n draws lie within four of their own deviations, and none lies outside.
            Tensor scaled = weights[name] / bound;
            double n = scaled.numel();
            Assert.InRange(scaled.abs().max().item<double>(), 0.9, 1 + 1e-6);
            Assert.InRange(scaled.mean().item<double>(), -4 / Math.Sqrt(3 * n), 4 / Math.Sqrt(3 * n));
            Assert.InRange(scaled.square().mean().item<double>(), 1.0 / 3 - 4 * 0.3 / Math.Sqrt(n), 1.0 / 3 + 4 * 0.3 / Math.Sqrt(n));
        }

        Uniform("encoder.phases", Math.PI);
        Uniform("encoder.reflections", 1);
        Uniform("encoder.weight_ih", Math.Sqrt(6.0 / (128 + 2 * hidden)));

        // E‖h₀‖² = 2H · bound² / 3 = 1
        Uniform("encoder.state", Math.Sqrt(3.0 / (2 * hidden)));
        Assert.Equal(1, weights["encoder.state"].square().sum().item<double>(), 0.2);
        Assert.Equal(0, weights["encoder.bias"].abs().sum().item<double>());
        Assert.Equal(
            Enumerable.Range(0, hidden).Select(row => (long)row), Permutation(model).Order());
    }

    [Fact]
    public void The_permutation_follows_the_seed_and_is_kept_with_the_weights()
    {
        ExperimentSpec spec = TinyRun.Spec with { Model = ModelName.Urnn, Hidden = 16 };
        using var first = new AuxiliaryLossModel(spec, 1, 10);
        using var again = new AuxiliaryLossModel(spec, 1, 10);
        using var other = new AuxiliaryLossModel(spec with { Seed = 2 }, 1, 10);
        Assert.Equal(Permutation(first), Permutation(again));
        Assert.NotEqual(Permutation(first), Permutation(other));

        using var folder = new TemporaryFolder();
        WeightsFile.Save(folder["weights"], first, 1, []);
        WeightsFile.Load(folder["weights"], other);

        Assert.Equal(Permutation(first), Permutation(other));
        Assert.Equal(TinyRun.Weights(first), TinyRun.Weights(other));
    }

    private static long[] Permutation(AuxiliaryLossModel model) =>
        model.named_buffers().Single(entry => entry.name == "encoder.permutation").buffer.data<long>().ToArray();

    private static Tensor Matrix(TinyCase tiny)
    {
        using var noGradient = no_grad();
        return ((UrnnEncoder)tiny.Model.Encoder).TransposedMatrix().T; // [H, H]
    }

    private static void AssertUnitary(Tensor matrix)
    {
        Tensor one = eye(matrix.shape[0], dtype: ScalarType.ComplexFloat64); // [H, H]
        Assert.InRange((matrix.conj().T.mm(matrix) - one).abs().max().item<double>(), 0, Tolerance);
        Tensor x = complex(randn(matrix.shape[0], 3, ScalarType.Float64), randn(matrix.shape[0], 3, ScalarType.Float64)); // [H, 3]
        Tensor ratio = matrix.mm(x).norm() / x.norm(); // []
        Assert.Equal(1, ratio.real.item<double>(), Tolerance);
    }
}
