using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuxLossRnn.Kernels;

/// <summary>The innermost product: a tile of 6 rows by 4 registers, or by 1 where the processor's are narrower.</summary>
/// <remarks>
/// A tile keeps its sums in the processor's registers. With AVX-512, 24 sums, 4 columns and one broadcast fill 29 of 32. AVX2 has 16 of
/// half the size: 12 halves of sums, 2 of columns and one broadcast. Advanced SIMD has 32 of a quarter: 24, 4 and one. Wider tiles there would
/// spill to memory at each step.
/// Operands are words of the size of <typeparamref name="T"/>. A word holds <see cref="Pack"/> neighbouring elements of the
/// summed dimension: one, or a pair of bfloat16 in a float32 word.
/// </remarks>
/// <typeparam name="T">The type of the sums.</typeparam>
internal unsafe interface ITile<T>
    where T : unmanaged
{
    /// <summary>The elements of the summed dimension in one word.</summary>
    static abstract int Pack { get; }

    /// <summary>What rows are padded to multiples of.</summary>
    static abstract int RowUnit { get; }

    /// <summary>One word of <see cref="Pack"/> elements.</summary>
    /// <param name="elements">The elements.</param>
    static abstract T Word(T* elements);

    /// <summary>Makes words of neighbours in a row; not called where a word is an element.</summary>
    /// <param name="words">The words, <c>[rows, columns / Pack]</c>.</param>
    /// <param name="elements">The elements, <c>[rows, columns]</c>.</param>
    /// <param name="count">How many elements; a multiple of 2V.</param>
    static abstract void PackColumns(T* words, T* elements, long count);

    /// <summary>Makes words of neighbours in a column; not called where a word is an element.</summary>
    /// <param name="words">The words, <c>[rows / Pack, columns]</c>.</param>
    /// <param name="elements">The elements, <c>[rows, columns]</c>.</param>
    /// <param name="rows">The rows, an even number.</param>
    /// <param name="columns">The columns, a multiple of V.</param>
    static abstract void PackRows(T* words, T* elements, long rows, long columns);

    /// <summary>C += A·B over <c>blocks</c> blocks of <c>k</c> words.</summary>
    /// <param name="c">The tile, <c>[rows, W]</c>, contiguous.</param>
    /// <param name="a">The rows; word k of row r lies at <c>r·aRow + k·aWord</c> of its block.</param>
    /// <param name="aRow">The words between two rows.</param>
    /// <param name="aWord">The words between two of one row.</param>
    /// <param name="aBlock">The words between two blocks of the summed dimension.</param>
    /// <param name="b">The columns, <c>[blocks · k, W]</c>, contiguous.</param>
    /// <param name="k">The words of a block.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="rows">The rows: 6, or 2 where that is the unit.</param>
    static abstract void MultiplyAdd(T* c, T* a, nint aRow, nint aWord, nint aBlock, T* b, nint k, nint blocks, int rows = Tile<float>.Rows);
}

/// <summary>The tile in the type of its operands.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct Tile<T> : ITile<T>
    where T : unmanaged
{
    /// <summary>The rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>The registers of a tile's row.</summary>
    public static int Registers => Lanes.HasAvx512 ? 4 : 1;

    /// <inheritdoc/>
    public static int Pack => 1;

    /// <inheritdoc/>
    /// <remarks>So that a batch of 32 or 64 wastes nothing: what is left of a panel by tiles of 6 is done in twos.</remarks>
    public static int RowUnit => 2;

    /// <inheritdoc/>
    public static T Word(T* elements) => *elements;

    /// <inheritdoc/>
    public static void PackColumns(T* words, T* elements, long count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public static void PackRows(T* words, T* elements, long rows, long columns) => throw new NotSupportedException();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(T* c, T* a, nint aRow, nint aWord, nint aBlock, T* b, nint k, nint blocks, int rows = Rows)
    {
        if (rows != Rows)
        {
            if (Registers == 4)
            {
                WidePair(c, a, aRow, aWord, aBlock, b, k, blocks);
            }
            else
            {
                NarrowPair(c, a, aRow, aWord, aBlock, b, k, blocks);
            }
        }
        else if (Registers == 4)
        {
            Wide(c, a, aRow, aWord, aBlock, b, k, blocks);
        }
        else
        {
            Narrow(c, a, aRow, aWord, aBlock, b, k, blocks);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(T* c, T* a, nint aRow, nint aWord, nint aBlock, T* b, nint k, nint blocks)
    {
        nint v = Vector512<T>.Count;
        Vector512<T> c0 = Vector512.Load(c), c1 = Vector512.Load(c + v), c2 = Vector512.Load(c + 2 * v);
        Vector512<T> c3 = Vector512.Load(c + 3 * v), c4 = Vector512.Load(c + 4 * v), c5 = Vector512.Load(c + 5 * v);
        for (; blocks > 0; blocks--, a += aBlock)
        {
            T* a0 = a, a3 = a + 3 * aRow;
            for (nint n = k; n > 0; n--, a0 += aWord, a3 += aWord, b += v)
            {
                Vector512<T> columns = Vector512.Load(b);
                c0 = Add(Vector512.Create(*a0), columns, c0);
                c1 = Add(Vector512.Create(a0[aRow]), columns, c1);
                c2 = Add(Vector512.Create(a0[2 * aRow]), columns, c2);
                c3 = Add(Vector512.Create(*a3), columns, c3);
                c4 = Add(Vector512.Create(a3[aRow]), columns, c4);
                c5 = Add(Vector512.Create(a3[2 * aRow]), columns, c5);
            }
        }

        c0.Store(c);
        c1.Store(c + v);
        c2.Store(c + 2 * v);
        c3.Store(c + 3 * v);
        c4.Store(c + 4 * v);
        c5.Store(c + 5 * v);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void NarrowPair(T* c, T* a, nint aRow, nint aWord, nint aBlock, T* b, nint k, nint blocks)
    {
        // Two sums a row, of every other word: one would wait for itself.
        nint v = Vector512<T>.Count;
        Vector512<T> c0 = Vector512.Load(c), c1 = Vector512.Load(c + v), d0 = Vector512<T>.Zero, d1 = Vector512<T>.Zero;
        for (; blocks > 0; blocks--, a += aBlock)
        {
            T* a0 = a;
            nint n = k;
            for (; n > 1; n -= 2, a0 += 2 * aWord, b += 2 * v)
            {
                Vector512<T> columns = Vector512.Load(b), next = Vector512.Load(b + v);
                c0 = Add(Vector512.Create(*a0), columns, c0);
                c1 = Add(Vector512.Create(a0[aRow]), columns, c1);
                d0 = Add(Vector512.Create(a0[aWord]), next, d0);
                d1 = Add(Vector512.Create(a0[aRow + aWord]), next, d1);
            }

            if (n > 0)
            {
                Vector512<T> columns = Vector512.Load(b);
                c0 = Add(Vector512.Create(*a0), columns, c0);
                c1 = Add(Vector512.Create(a0[aRow]), columns, c1);
                b += v;
            }
        }

        (c0 + d0).Store(c);
        (c1 + d1).Store(c + v);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WidePair(T* c, T* a, nint aRow, nint aWord, nint aBlock, T* b, nint k, nint blocks)
    {
        nint v = Vector512<T>.Count;
        T* c0 = c, c1 = c0 + 4 * v;
        Vector512<T> c00 = Vector512.Load(c0), c01 = Vector512.Load(c0 + v), c02 = Vector512.Load(c0 + 2 * v), c03 = Vector512.Load(c0 + 3 * v);
        Vector512<T> c10 = Vector512.Load(c1), c11 = Vector512.Load(c1 + v), c12 = Vector512.Load(c1 + 2 * v), c13 = Vector512.Load(c1 + 3 * v);
        for (; blocks > 0; blocks--, a += aBlock)
        {
            T* a0 = a;
            for (nint n = k; n > 0; n--, a0 += aWord, b += 4 * v)
            {
                Vector512<T> b0 = Vector512.Load(b), b1 = Vector512.Load(b + v), b2 = Vector512.Load(b + 2 * v), b3 = Vector512.Load(b + 3 * v);
                Vector512<T> x = Vector512.Create(*a0);
                c00 = Add(x, b0, c00);
                c01 = Add(x, b1, c01);
                c02 = Add(x, b2, c02);
                c03 = Add(x, b3, c03);
                x = Vector512.Create(a0[aRow]);
                c10 = Add(x, b0, c10);
                c11 = Add(x, b1, c11);
                c12 = Add(x, b2, c12);
                c13 = Add(x, b3, c13);
            }
        }

        Store(c0, c00, c01, c02, c03);
        Store(c1, c10, c11, c12, c13);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Wide(T* c, T* a, nint aRow, nint aWord, nint aBlock, T* b, nint k, nint blocks)
    {
        nint v = Vector512<T>.Count;
        T* c0 = c, c1 = c0 + 4 * v, c2 = c1 + 4 * v, c3 = c2 + 4 * v, c4 = c3 + 4 * v, c5 = c4 + 4 * v;
        Vector512<T> c00 = Vector512.Load(c0), c01 = Vector512.Load(c0 + v), c02 = Vector512.Load(c0 + 2 * v), c03 = Vector512.Load(c0 + 3 * v);
        Vector512<T> c10 = Vector512.Load(c1), c11 = Vector512.Load(c1 + v), c12 = Vector512.Load(c1 + 2 * v), c13 = Vector512.Load(c1 + 3 * v);
        Vector512<T> c20 = Vector512.Load(c2), c21 = Vector512.Load(c2 + v), c22 = Vector512.Load(c2 + 2 * v), c23 = Vector512.Load(c2 + 3 * v);
        Vector512<T> c30 = Vector512.Load(c3), c31 = Vector512.Load(c3 + v), c32 = Vector512.Load(c3 + 2 * v), c33 = Vector512.Load(c3 + 3 * v);
        Vector512<T> c40 = Vector512.Load(c4), c41 = Vector512.Load(c4 + v), c42 = Vector512.Load(c4 + 2 * v), c43 = Vector512.Load(c4 + 3 * v);
        Vector512<T> c50 = Vector512.Load(c5), c51 = Vector512.Load(c5 + v), c52 = Vector512.Load(c5 + 2 * v), c53 = Vector512.Load(c5 + 3 * v);
        for (; blocks > 0; blocks--, a += aBlock)
        {
            T* a0 = a, a3 = a + 3 * aRow;
            for (nint n = k; n > 0; n--, a0 += aWord, a3 += aWord, b += 4 * v)
            {
                Vector512<T> b0 = Vector512.Load(b), b1 = Vector512.Load(b + v), b2 = Vector512.Load(b + 2 * v), b3 = Vector512.Load(b + 3 * v);
                Vector512<T> x = Vector512.Create(*a0);
                c00 = Add(x, b0, c00);
                c01 = Add(x, b1, c01);
                c02 = Add(x, b2, c02);
                c03 = Add(x, b3, c03);
                x = Vector512.Create(a0[aRow]);
                c10 = Add(x, b0, c10);
                c11 = Add(x, b1, c11);
                c12 = Add(x, b2, c12);
                c13 = Add(x, b3, c13);
                x = Vector512.Create(a0[2 * aRow]);
                c20 = Add(x, b0, c20);
                c21 = Add(x, b1, c21);
                c22 = Add(x, b2, c22);
                c23 = Add(x, b3, c23);
                x = Vector512.Create(*a3);
                c30 = Add(x, b0, c30);
                c31 = Add(x, b1, c31);
                c32 = Add(x, b2, c32);
                c33 = Add(x, b3, c33);
                x = Vector512.Create(a3[aRow]);
                c40 = Add(x, b0, c40);
                c41 = Add(x, b1, c41);
                c42 = Add(x, b2, c42);
                c43 = Add(x, b3, c43);
                x = Vector512.Create(a3[2 * aRow]);
                c50 = Add(x, b0, c50);
                c51 = Add(x, b1, c51);
                c52 = Add(x, b2, c52);
                c53 = Add(x, b3, c53);
            }
        }

        Store(c0, c00, c01, c02, c03);
        Store(c1, c10, c11, c12, c13);
        Store(c2, c20, c21, c22, c23);
        Store(c3, c30, c31, c32, c33);
        Store(c4, c40, c41, c42, c43);
        Store(c5, c50, c51, c52, c53);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Add(Vector512<T> a, Vector512<T> b, Vector512<T> c) => typeof(T) == typeof(float)
        ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* c, Vector512<T> x0, Vector512<T> x1, Vector512<T> x2, Vector512<T> x3)
    {
        int v = Vector512<T>.Count;
        x0.Store(c);
        x1.Store(c + v);
        x2.Store(c + 2 * v);
        x3.Store(c + 3 * v);
    }
}
