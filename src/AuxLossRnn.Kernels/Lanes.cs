using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AuxLossRnn.Kernels;

/// <summary>Elementwise functions on the lanes of a register, for float32 and float64.</summary>
/// <remarks>
/// In float32 the exponential is a polynomial of degree 7 after the usual reduction, within 2 units in the last place;
/// float64, which only tests use, takes the runtime's own, lane by lane.
/// </remarks>
internal static unsafe class Lanes
{
    /// <summary>The lanes V of a register.</summary>
    public static int Count<T>()
        where T : unmanaged => Unsafe.SizeOf<T>() == sizeof(float) ? 16 : 8;

    /// <summary>A number of elements, rounded up to whole registers.</summary>
    public static int Padded<T>(int count)
        where T : unmanaged => (count + Count<T>() - 1) / Count<T>() * Count<T>();

    /// <summary>A number of type T.</summary>
    public static T Scalar<T>(float value)
        where T : unmanaged => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(value) : Unsafe.BitCast<double, T>(value);

    /// <summary>The largest lane.</summary>
    public static T Largest<T>(Vector512<T> x)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        T largest = x[0];
        for (int lane = 1; lane < Vector512<T>.Count; lane++)
        {
            largest = T.Max(largest, x[lane]);
        }

        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Avx512F.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Avx512F.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    /// <summary>σ(x) = 1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Sigmoid<T>(Vector512<T> x)
        where T : unmanaged => Divide(Vector512<T>.One, Vector512<T>.One + Exp(-x));

    /// <summary>tanh x = e / (e + 2) with e = e^2x − 1, which keeps its precision near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> x)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return EachLane(x.AsDouble(), &Math.Tanh).As<double, T>();
        }

        // Beyond 9 it rounds to ±1, and the quotient of two infinities is never formed.
        Vector512<float> doubled = Between(x.AsSingle(), -9.1f, 9.1f) * 2;
        (Vector512<float> fraction, Vector512<float> exponent) = Reduced(doubled);
        Vector512<float> power = Avx512F.Scale(Vector512<float>.One, exponent);
        Vector512<float> e = MultiplyAdd(fraction, power, power - Vector512<float>.One);
        return Divide(e, e + Vector512.Create(2f)).As<float, T>();
    }

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return EachLane(x.AsDouble(), &Math.Exp).As<double, T>();
        }

        Vector512<float> bounded = Between(x.AsSingle(), -87, 88);
        (Vector512<float> fraction, Vector512<float> exponent) = Reduced(bounded);
        return Avx512F.Scale(fraction + Vector512<float>.One, exponent).As<float, T>();
    }

    /// <summary>a / b; in float32 by an estimate of 1 / b to 14 bits and one step of Newton's, r ← r + r (1 − b r).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Divide<T>(Vector512<T> a, Vector512<T> b)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return a / b;
        }

        Vector512<float> r = Avx512F.Reciprocal14(b.AsSingle());
        Vector512<float> error = Avx512F.FusedMultiplyAddNegated(b.AsSingle(), r, Vector512<float>.One);
        return (a.AsSingle() * MultiplyAdd(error, r, r)).As<float, T>();
    }

    // The processor's own minimum gives its second operand where one is not a number: training must see that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Between(Vector512<float> x, float low, float high) =>
        Avx512F.Min(Vector512.Create(high), Avx512F.Max(Vector512.Create(low), x));

    /// <summary>f and n with e^x = (1 + f) · 2ⁿ: x = n·ln 2 + r, |r| ≤ ln 2 / 2, f = e^r − 1 by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Fraction, Vector512<float> Exponent) Reduced(Vector512<float> x)
    {
        Vector512<float> n = Avx512F.RoundScale(x * Vector512.Create(1.44269504f), 8);

        // ln 2 in two parts, the first with trailing zeros, so that n·ln 2 is exact.
        Vector512<float> r = MultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = MultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = MultiplyAdd(Vector512.Create(1f / 5040), r, Vector512.Create(1f / 720));
        p = MultiplyAdd(p, r, Vector512.Create(1f / 120));
        p = MultiplyAdd(p, r, Vector512.Create(1f / 24));
        p = MultiplyAdd(p, r, Vector512.Create(1f / 6));
        p = MultiplyAdd(p, r, Vector512.Create(0.5f));
        return (MultiplyAdd(p, r * r, r), n);
    }

    private static Vector512<double> EachLane(Vector512<double> x, delegate*<double, double> function)
    {
        double* lanes = stackalloc double[8];
        x.Store(lanes);
        for (int lane = 0; lane < 8; lane++)
        {
            lanes[lane] = function(lanes[lane]);
        }

        return Vector512.Load(lanes);
    }
}
