using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AuxLossRnn.Kernels;

/// <summary>What the kernels ask of the processor, and the elementwise functions, for float32 and float64.</summary>
/// <remarks>
/// In float32 the exponential is a polynomial of degree 7 after the usual reduction, within 2 units in the last place;
/// float64, which only tests use, takes the runtime's own, lane by lane.
/// </remarks>
internal static unsafe class Lanes
{
    /// <summary>The instructions that the kernels use here; null where the processor has none that they are written for.</summary>
    /// <remarks>A lower set than the processor has is chosen before the process starts: <c>DOTNET_EnableAVX512=0</c>, <c>DOTNET_EnableAVX2=0</c>.</remarks>
    public static string? Instructions =>
        HasAvx512 ? "AVX-512" : Avx2.IsSupported && Fma.IsSupported ? "AVX2" : AdvSimd.Arm64.IsSupported ? "Advanced SIMD" : null;

    /// <summary>Whether there are 32 registers of 512 bits.</summary>
    public static bool HasAvx512 => Avx512F.IsSupported;

    /// <summary>The numbers V in 512 bits: matrices are padded to them, and tiles are as wide or four times, whatever the processor's registers are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Count<T>()
        where T : unmanaged => Unsafe.SizeOf<T>() == sizeof(float) ? 16 : 8;

    /// <summary>A number of elements, rounded up to multiples of V.</summary>
    public static int Padded<T>(int count)
        where T : unmanaged => (count + Count<T>() - 1) / Count<T>() * Count<T>();

    /// <summary>A number of type T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scalar<T>(float value)
        where T : unmanaged => typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(value) : Unsafe.BitCast<double, T>(value);

    /// <summary>The largest number of a register; not a number where one is not.</summary>
    public static T Largest<T, TRegister>(TRegister x)
        where T : unmanaged, INumber<T>
        where TRegister : struct, IRegister<TRegister, T>
    {
        T* numbers = stackalloc T[TRegister.Count];
        x.Store(numbers);
        T largest = numbers[0];
        for (int i = 1; i < TRegister.Count; i++)
        {
            largest = T.Max(largest, numbers[i]);
        }

        return largest;
    }

    /// <summary>σ(x) = 1 / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Sigmoid<T, TRegister>(TRegister x)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T>
    {
        TRegister one = TRegister.All(Scalar<T>(1));
        return one / (one + Exp<T, TRegister>(TRegister.All(default) - x));
    }

    /// <summary>tanh x = e / (e + 2) with e = e^2x − 1, which keeps its precision near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Tanh<T, TRegister>(TRegister x)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T>
    {
        if (typeof(T) == typeof(double))
        {
            return EachLane<T, TRegister>(x, &Math.Tanh);
        }

        // Beyond 9 it rounds to ±1, and the quotient of two infinities is never formed.
        TRegister bounded = Between<T, TRegister>(x, -9.1f, 9.1f), one = TRegister.All(Scalar<T>(1));
        (TRegister fraction, TRegister exponent) = Reduced<T, TRegister>(bounded + bounded);
        TRegister power = TRegister.Scale(one, exponent);
        TRegister e = TRegister.MultiplyAdd(fraction, power, power - one);
        return e / (e + TRegister.All(Scalar<T>(2)));
    }

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRegister Exp<T, TRegister>(TRegister x)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T>
    {
        if (typeof(T) == typeof(double))
        {
            return EachLane<T, TRegister>(x, &Math.Exp);
        }

        (TRegister fraction, TRegister exponent) = Reduced<T, TRegister>(Between<T, TRegister>(x, -87, 88));
        return TRegister.Scale(fraction + TRegister.All(Scalar<T>(1)), exponent);
    }

    // What is not a number must stay so: training must see that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Between<T, TRegister>(TRegister x, float low, float high)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T> =>
        TRegister.Min(TRegister.All(Scalar<T>(high)), TRegister.Max(TRegister.All(Scalar<T>(low)), x));

    /// <summary>f and n with e^x = (1 + f) · 2ⁿ: x = n·ln 2 + r, |r| ≤ ln 2 / 2, f = e^r − 1 by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TRegister Fraction, TRegister Exponent) Reduced<T, TRegister>(TRegister x)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T>
    {
        TRegister n = TRegister.Round(x * TRegister.All(Scalar<T>(1.44269504f)));

        // ln 2 in two parts, the first with trailing zeros, so that n·ln 2 is exact.
        TRegister r = TRegister.MultiplyAdd(n, TRegister.All(Scalar<T>(-0.693359375f)), x);
        r = TRegister.MultiplyAdd(n, TRegister.All(Scalar<T>(2.12194440e-4f)), r);
        TRegister p = TRegister.MultiplyAdd(TRegister.All(Scalar<T>(1f / 5040)), r, TRegister.All(Scalar<T>(1f / 720)));
        p = TRegister.MultiplyAdd(p, r, TRegister.All(Scalar<T>(1f / 120)));
        p = TRegister.MultiplyAdd(p, r, TRegister.All(Scalar<T>(1f / 24)));
        p = TRegister.MultiplyAdd(p, r, TRegister.All(Scalar<T>(1f / 6)));
        p = TRegister.MultiplyAdd(p, r, TRegister.All(Scalar<T>(0.5f)));
        return (TRegister.MultiplyAdd(p, r * r, r), n);
    }

    private static TRegister EachLane<T, TRegister>(TRegister x, delegate*<double, double> function)
        where T : unmanaged
        where TRegister : struct, IRegister<TRegister, T>
    {
        double* lanes = stackalloc double[TRegister.Count];
        x.Store((T*)lanes);
        for (int lane = 0; lane < TRegister.Count; lane++)
        {
            lanes[lane] = function(lanes[lane]);
        }

        return TRegister.Load((T*)lanes);
    }
}
