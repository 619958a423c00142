using AuxLossRnn.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

public sealed class GradientsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(1e-3)]
    [InlineData(1.0)]
    [InlineData(1e9)]
    public void Norm_and_clipped_gradients_are_those_of_pytorch(double? clip)
    {
        (double expectedNorm, double[] expected) = Clipped(weights => nn.utils.clip_grad_norm_(weights, clip ?? double.PositiveInfinity));
        (double norm, double[] found) = Clipped(weights => Gradients.ClipNorm(weights, clip).item<double>());

        Assert.Equal(expectedNorm, norm, 1e-14);
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
        double after = Math.Sqrt(found.Sum(value => value * value));
        Assert.Equal(Math.Min(norm, clip ?? norm), after, 1e-5);
    }

    [Fact]
    public void A_gradient_that_is_no_number_makes_the_norm_none()
    {
        using var scope = NewDisposeScope();
        using var weight = new Parameter(ones(2, dtype: ScalarType.Float64)); // [2]
        (weight * double.NaN).sum().backward();

        Assert.True(double.IsNaN(Gradients.ClipNorm([weight], 1).item<double>()));
    }

    /// <summary>Three weights of a float64 loss, one of which has no gradient.</summary>
    private static (double Norm, double[] Gradients) Clipped(Func<Parameter[], double> clip)
    {
        using var scope = NewDisposeScope();
        using var masks = new Generator(5);
        Parameter Weight(params long[] shape) => new(rand(shape, dtype: ScalarType.Float64, generator: masks));
        (Parameter first, Parameter second, Parameter idle) = (Weight(3, 4), Weight(7), Weight(2)); // [3, 4], [7], [2]
        (first.pow(3).sum() + second.pow(2).sum()).backward();
        double norm = clip([first, idle, second]);

        Assert.Null(idle.grad);
        return (norm, [.. first.grad!.data<double>(), .. second.grad!.data<double>()]);
    }
}
