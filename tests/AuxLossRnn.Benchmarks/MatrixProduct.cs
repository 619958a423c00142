using System.Diagnostics;
using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>A product of two square matrices: how fast this machine is at best.</summary>
internal sealed class MatrixProduct(int size, ScalarType precision)
    : Step(new StepShape(null, null, $"{precision}".ToLowerInvariant(), TorchThreads.Count, 2L * size * size * size))
{
    private readonly Tensor _left = rand(size, size, device: Steps.Device).to(precision); // [n, n]
    private readonly Tensor _right = rand(size, size, device: Steps.Device).to(precision); // [n, n]

    public override double Time()
    {
        using var noGradient = no_grad();
        long start = Stopwatch.GetTimestamp();
        using Tensor product = _left.matmul(_right); // [n, n]
        Steps.Wait();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public override void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }
}
