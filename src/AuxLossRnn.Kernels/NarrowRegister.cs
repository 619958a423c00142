using System.Numerics;
using System.Runtime.CompilerServices;

namespace AuxLossRnn.Kernels;

/// <summary>A register of AVX2, or of Arm's Advanced SIMD: as wide as the processor has them.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct NarrowRegister<T>(Vector<T> x) : IRegister<NarrowRegister<T>, T>
    where T : unmanaged
{
    private readonly Vector<T> _x = x;

    public static int Count => Vector<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> operator +(NarrowRegister<T> a, NarrowRegister<T> b) => new(a._x + b._x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> operator -(NarrowRegister<T> a, NarrowRegister<T> b) => new(a._x - b._x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> operator *(NarrowRegister<T> a, NarrowRegister<T> b) => new(a._x * b._x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> operator /(NarrowRegister<T> a, NarrowRegister<T> b) => new(a._x / b._x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> All(T value) => new(new Vector<T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> Load(T* from) => new(Vector.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> MultiplyAdd(NarrowRegister<T> a, NarrowRegister<T> b, NarrowRegister<T> c) => new(typeof(T) == typeof(float)
        ? Vector.FusedMultiplyAdd(a._x.As<T, float>(), b._x.As<T, float>(), c._x.As<T, float>()).As<float, T>()
        : Vector.FusedMultiplyAdd(a._x.As<T, double>(), b._x.As<T, double>(), c._x.As<T, double>()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> Max(NarrowRegister<T> a, NarrowRegister<T> b) => new(Vector.MaxNative(a._x, b._x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> Min(NarrowRegister<T> a, NarrowRegister<T> b) => new(Vector.MinNative(a._x, b._x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> Round(NarrowRegister<T> x) => new(Vector.Round(x._x.As<T, float>()).As<float, T>());

    // The power has n + 127 in its exponent's bits, and nothing in the others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> Scale(NarrowRegister<T> x, NarrowRegister<T> n)
    {
        Vector<int> power = (Vector.ConvertToInt32Native(n._x.As<T, float>()) + new Vector<int>(127)) << 23;
        return new((x._x.As<T, float>() * power.As<int, float>()).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NarrowRegister<T> WherePositive(NarrowRegister<T> value, NarrowRegister<T> gradient) =>
        new(Vector.ConditionalSelect(Vector.GreaterThan(value._x, Vector<T>.Zero), gradient._x, Vector<T>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* to) => _x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => Vector.Sum(_x);
}
