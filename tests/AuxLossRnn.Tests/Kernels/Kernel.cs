using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>What the tests of the kernels share.</summary>
internal static class Kernel
{
    /// <summary>Skips where the processor has no vectors, and rounded products where it has none of those.</summary>
    public static void Require(Precision precision = Precision.Float32)
    {
        Assert.SkipUnless(RecurrentFunction.IsSupported, "The kernels need a processor with AVX-512, AVX2 or Advanced SIMD.");
        string? obstacle = Precisions.ObstacleTo(precision, CPU);
        Assert.SkipUnless(obstacle is null, $"No bfloat16: {obstacle}.");
    }

    /// <summary>Computes with a number of slices instead of libtorch's threads.</summary>
    public static TValue InSlices<TValue>(int slices, Func<TValue> work)
    {
        Slices.Wanted = slices;
        try
        {
            return work();
        }
        finally
        {
            Slices.Wanted = null;
        }
    }

    /// <summary>Normal numbers of a generator that no other test draws from, float64.</summary>
    public static Tensor Normal(Generator generator, params long[] shape) =>
        randn(shape, dtype: ScalarType.Float64, generator: generator);

    /// <summary>‖actual − expected‖ / ‖expected‖; not a number where one of them is.</summary>
    public static double Distance(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        Tensor difference = actual.detach().to(ScalarType.Float64) - expected.detach().to(ScalarType.Float64); // like both
        double size = expected.detach().to(ScalarType.Float64).norm().item<double>();
        return difference.norm().item<double>() / (size == 0 ? 1 : size);
    }

    /// <summary>Every number of two sets of tensors by name lies within a tolerance, relative to the tensor's largest if that exceeds 1.</summary>
    public static void AssertEqual(
        Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, Tensor value) in expected)
        {
            using var scope = NewDisposeScope();
            Assert.True(value.shape.SequenceEqual(actual[name].shape), $"{name} has another shape for {what}");
            double difference = (actual[name].to(value.dtype) - value).abs().max().item<double>();
            double allowed = tolerance * Math.Max(1, value.abs().max().item<double>());
            Assert.True(difference <= allowed, $"{name} differs by {difference} for {what}");
        }
    }

    /// <summary>Two sets of tensors by name are equal bit by bit.</summary>
    public static void AssertSameBits(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, entry => Assert.True(entry.Value.bytes.SequenceEqual(actual[entry.Key].bytes), entry.Key));
    }
}
