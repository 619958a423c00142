using System.Diagnostics;
using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks;

/// <summary>As many operations as a product of two square matrices has, by the kernels' tile alone: its operands stay in the nearest cache.</summary>
internal sealed unsafe class TileProduct<TTile> : Step
    where TTile : ITile<float>
{
    private const int Rows = 4 * Tile<float>.Rows, Elements = 128;

    private readonly KernelBuffer<float>[] _left, _right, _sums;
    private readonly int _words = Elements / TTile.Pack;
    private readonly long _repetitions;

    public TileProduct(StepRecipe recipe)
        : base(Steps.Shape(recipe))
    {
        int threads = TorchThreads.Count, width = Panels.Width<float>();
        KernelBuffer<float>[] zeros(long count) => [.. Enumerable.Range(0, threads).Select(_ => KernelBuffer<float>.Zeros(count))];
        (_left, _right, _sums) = (zeros(Rows * _words), zeros(_words * width), zeros(Rows * width));
        _repetitions = (long)Math.Ceiling(Shape.Flop!.Value / (2.0 * Rows * Elements * width * threads));
    }

    public override double Time()
    {
        long start = Stopwatch.GetTimestamp();
        Slices.Run(_left.Length, part =>
        {
            for (long n = 0; n < _repetitions; n++)
            {
                Panels.Multiply<float, TTile>(
                    _sums[part].Pointer, Rows, 1, null, _left[part].Pointer, _words, 0, _right[part].Pointer, _words, 1, adds: true);
            }
        });
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public override void Dispose()
    {
        foreach (KernelBuffer<float> buffer in _left.Concat(_right).Concat(_sums))
        {
            buffer.Dispose();
        }
    }
}
