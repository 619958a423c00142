using System.Diagnostics;
using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>libtorch's product of two square matrices.</summary>
internal sealed class MatrixProduct(StepRecipe recipe) : Step(Steps.Shape(recipe))
{
    private readonly Tensor _left = Drawn(recipe); // [T, T]
    private readonly Tensor _right = Drawn(recipe); // [T, T]

    public override double Time()
    {
        using var noGradient = no_grad();
        long start = Stopwatch.GetTimestamp();
        using Tensor product = _left.matmul(_right); // [T, T]
        Steps.Wait();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public override void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    private static Tensor Drawn(StepRecipe recipe)
    {
        using Tensor drawn = rand(recipe.T, recipe.T, device: Steps.Device); // [T, T]
        return drawn.to(recipe.Precision == Precision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16, copy: true); // [T, T]
    }
}
