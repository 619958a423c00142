using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>What an optimiser does to one weight, in one pass over its float32 memory.</summary>
/// <remarks>
/// libtorch takes some ten calls a weight, each of them a pass over memory. Every number here comes of the same operations in the same
/// order, whatever the processor's registers hold: nothing is fused, and what is summed is summed in 16 lanes. Compiled in full at once:
/// the first hundreds of steps of a small model would otherwise be the compiler's.
/// </remarks>
internal static unsafe class WeightUpdate
{
    private const int SumLanes = 16;

    /// <summary>Σ g², in float64.</summary>
    /// <param name="gradient">g, of any shape.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(Tensor gradient)
    {
        float* g = TensorMemory.Of<float>(gradient);
        long count = gradient.numel(), whole = count / SumLanes * SumLanes;
        double* sums = stackalloc double[SumLanes];
        new Span<double>(sums, SumLanes).Clear();
        for (long i = 0; i < whole; i += SumLanes)
        {
            for (int lane = 0; lane < SumLanes; lane += Vector<float>.Count)
            {
                Vector.Widen(Vector.Load(g + i + lane), out Vector<double> low, out Vector<double> high);
                double* high0 = sums + lane + Vector<double>.Count;
                (Vector.Load(sums + lane) + low * low).Store(sums + lane);
                (Vector.Load(high0) + high * high).Store(high0);
            }
        }

        double sum = 0;
        for (int lane = 0; lane < SumLanes; lane++)
        {
            sum += sums[lane];
        }

        for (long i = whole; i < count; i++)
        {
            sum += (double)g[i] * g[i];
        }

        GC.KeepAlive(gradient);
        return sum;
    }

    /// <summary>A step of RMSProp.</summary>
    /// <remarks>
    /// <code>
    /// g ← f g + λ w,  v ← α v + (1 − α) g²,  w ← w − η g / (√v + ε)
    /// </code>
    /// </remarks>
    /// <param name="weight">w.</param>
    /// <param name="gradient">g, which stays as it is.</param>
    /// <param name="square">v, like w.</param>
    /// <param name="factor">f: what clipping leaves of the gradient.</param>
    /// <param name="rate">The learning rate η.</param>
    /// <param name="alpha">α.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="decay">The weight decay λ.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RmsProp(
        Tensor weight, Tensor gradient, Tensor square, float factor, double rate, double alpha, double epsilon, double decay)
    {
        float* w = TensorMemory.Of<float>(weight), g = TensorMemory.Of<float>(gradient), v = TensorMemory.Of<float>(square);
        (float a, float b, float e, float l, float minus) = ((float)alpha, (float)(1 - alpha), (float)epsilon, (float)decay, (float)-rate);
        long count = weight.numel(), i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> now = Vector.Load(w + i);
            Vector<float> given = Vector.Load(g + i) * factor + now * l;
            Vector<float> mean = Vector.Load(v + i) * a + given * given * b;
            mean.Store(v + i);
            (now + given * minus / (Vector.SquareRoot(mean) + new Vector<float>(e))).Store(w + i);
        }

        for (; i < count; i++)
        {
            float given = g[i] * factor + w[i] * l;
            v[i] = v[i] * a + given * given * b;
            w[i] += given * minus / (MathF.Sqrt(v[i]) + e);
        }

        GC.KeepAlive((weight, gradient, square));
    }

    /// <summary>A step of Adam, or of AdamW, whose decay does not pass through the averages.</summary>
    /// <remarks>
    /// <code>
    /// Adam:   g ← f g + λ w             AdamW:  g ← f g,  w ← (1 − η λ) w
    /// m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
    /// </code>
    /// </remarks>
    /// <param name="weight">w.</param>
    /// <param name="gradient">g, which stays as it is.</param>
    /// <param name="mean">m, like w.</param>
    /// <param name="square">v, like w.</param>
    /// <param name="step">The weight's steps t, this one included.</param>
    /// <param name="factor">f: what clipping leaves of the gradient.</param>
    /// <param name="rate">The learning rate η.</param>
    /// <param name="beta1">β₁.</param>
    /// <param name="beta2">β₂.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="decay">The weight decay λ.</param>
    /// <param name="decoupled">Whether it is AdamW.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Adam(
        Tensor weight, Tensor gradient, Tensor mean, Tensor square, long step, float factor, double rate, double beta1, double beta2,
        double epsilon, double decay, bool decoupled)
    {
        float* w = TensorMemory.Of<float>(weight), g = TensorMemory.Of<float>(gradient);
        float* m = TensorMemory.Of<float>(mean), v = TensorMemory.Of<float>(square);
        (float b1, float c1, float b2, float c2) = ((float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2));
        (float e, float l, float kept) = ((float)epsilon, decoupled ? 0 : (float)decay, decoupled ? (float)(1 - rate * decay) : 1);
        float root = (float)Math.Sqrt(1 - Math.Pow(beta2, step)), minus = (float)(-rate / (1 - Math.Pow(beta1, step)));
        long count = weight.numel(), i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> now = Vector.Load(w + i);
            Vector<float> given = Vector.Load(g + i) * factor + now * l;
            Vector<float> first = Vector.Load(m + i) * b1 + given * c1;
            Vector<float> second = Vector.Load(v + i) * b2 + given * given * c2;
            first.Store(m + i);
            second.Store(v + i);
            Vector<float> divisor = Vector.SquareRoot(second) / new Vector<float>(root) + new Vector<float>(e);
            (now * kept + first * minus / divisor).Store(w + i);
        }

        for (; i < count; i++)
        {
            float given = g[i] * factor + w[i] * l;
            m[i] = m[i] * b1 + given * c1;
            v[i] = v[i] * b2 + given * given * c2;
            w[i] = w[i] * kept + m[i] * minus / (MathF.Sqrt(v[i]) / root + e);
        }

        GC.KeepAlive((weight, gradient, mean, square));
    }
}
