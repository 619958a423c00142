using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AuxLossRnn.Kernels;

/// <summary>A register of AVX-512.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct Register512<T>(Vector512<T> x) : IRegister<Register512<T>, T>
    where T : unmanaged
{
    private readonly Vector512<T> _x = x;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator +(Register512<T> a, Register512<T> b) => new(a._x + b._x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator -(Register512<T> a, Register512<T> b) => new(a._x - b._x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator *(Register512<T> a, Register512<T> b) => new(a._x * b._x);

    // In float32 by an estimate of 1 / b to 14 bits and one step of Newton's, r ← r + r (1 − b r).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator /(Register512<T> a, Register512<T> b)
    {
        if (typeof(T) == typeof(double))
        {
            return new(a._x / b._x);
        }

        Vector512<float> r = Avx512F.Reciprocal14(b._x.AsSingle());
        Vector512<float> error = Avx512F.FusedMultiplyAddNegated(b._x.AsSingle(), r, Vector512<float>.One);
        return new((a._x.AsSingle() * Avx512F.FusedMultiplyAdd(error, r, r)).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Load(T* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> MultiplyAdd(Register512<T> a, Register512<T> b, Register512<T> c) => new(typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a._x.AsSingle(), b._x.AsSingle(), c._x.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a._x.AsDouble(), b._x.AsDouble(), c._x.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Max(Register512<T> a, Register512<T> b) => new(Vector512.MaxNative(a._x, b._x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Min(Register512<T> a, Register512<T> b) => new(Vector512.MinNative(a._x, b._x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Round(Register512<T> x) => new(Vector512.Round(x._x.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Scale(Register512<T> x, Register512<T> n) => new(Avx512F.Scale(x._x.AsSingle(), n._x.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> WherePositive(Register512<T> value, Register512<T> gradient) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(value._x, Vector512<T>.Zero), gradient._x, Vector512<T>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* to) => _x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => Vector512.Sum(_x);
}
