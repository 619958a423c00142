using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuxLossRnn.Kernels;

/// <summary>Products of matrices that fit the caches, tile by tile.</summary>
/// <remarks>
/// A result <c>[R, n]</c> is kept as panels <c>[n / W, R, W]</c> of a tile's width W, so that a tile is contiguous. W is 4V with AVX-512, and V
/// elsewhere.
/// </remarks>
internal static unsafe class Panels
{
    /// <summary>The columns of a panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width<T>()
        where T : unmanaged => Tile<T>.Registers * Lanes.Count<T>();

    /// <summary>A number of rows, rounded up to what tiles are made of.</summary>
    /// <param name="rows">The rows.</param>
    public static int PaddedRows<T, TTile>(int rows)
        where T : unmanaged
        where TTile : ITile<T> => (rows + TTile.RowUnit - 1) / TTile.RowUnit * TTile.RowUnit;

    /// <summary>The rows of the next tile, where some padded rows are left.</summary>
    /// <param name="left">Those rows.</param>
    public static int TileRows(int left) => left >= Tile<float>.Rows ? Tile<float>.Rows : 2;

    /// <summary>The panels that some columns take.</summary>
    /// <param name="columns">The columns.</param>
    public static int Count<T>(int columns)
        where T : unmanaged => (columns + Width<T>() - 1) / Width<T>();

    /// <summary>C = bias + A·B.</summary>
    /// <param name="c">C, <c>[panels, rows, W]</c>.</param>
    /// <param name="rows">Its rows, padded.</param>
    /// <param name="panels">Its panels.</param>
    /// <param name="bias">What is added to each row, <c>[panels, W]</c>; null for nothing.</param>
    /// <param name="a">A, in words.</param>
    /// <param name="aRow">The words between two of its rows.</param>
    /// <param name="aBlock">The words between two of its blocks of columns.</param>
    /// <param name="b">B, packed.</param>
    /// <param name="k">The words of a block.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="adds">Whether C stays and the product is added to it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<T, TTile>(
        T* c, int rows, int panels, T* bias, T* a, nint aRow, nint aBlock, T* b, int k, int blocks, bool adds = false)
        where T : unmanaged
        where TTile : ITile<T>
    {
        int width = Width<T>();
        for (int panel = 0; panel < panels; panel++, b += (long)k * blocks * width)
        {
            for (int row = 0, some = 0; row < rows; row += some, c += some * width)
            {
                some = TileRows(rows - row);
                if (bias != null)
                {
                    Fill(c, bias + panel * width, some);
                }
                else if (!adds)
                {
                    new Span<T>(c, some * width).Clear();
                }

                TTile.MultiplyAdd(c, a + row * aRow, aRow, 1, aBlock, b, k, blocks, some);
            }
        }
    }

    /// <summary>C += Aᵀ·B, summed over the rows of both.</summary>
    /// <param name="c">C, <c>[panels, A's columns padded as rows are, W]</c>.</param>
    /// <param name="panels">Its panels.</param>
    /// <param name="a">A, row by row, in words of its rows.</param>
    /// <param name="aColumns">Its columns.</param>
    /// <param name="b">B in panels, in words of its rows.</param>
    /// <param name="bPanel">The words between two panels of B.</param>
    /// <param name="k">The words summed over.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTransposed<T, TTile>(T* c, int panels, T* a, int aColumns, T* b, long bPanel, int k)
        where T : unmanaged
        where TTile : ITile<T>
    {
        int padded = PaddedRows<T, TTile>(aColumns);
        for (int panel = 0; panel < panels; panel++, b += bPanel)
        {
            for (int column = 0, some = 0; column < padded; column += some, c += some * Width<T>())
            {
                some = TileRows(padded - column);
                TTile.MultiplyAdd(c, a + column, 1, aColumns, 0, b, k, 1, some);
            }
        }
    }

    /// <summary>The elements as words of neighbours in a row.</summary>
    /// <param name="elements">The elements.</param>
    /// <param name="words">Memory for the words; unused where a word is an element.</param>
    /// <param name="count">How many elements.</param>
    public static T* Columns<T, TTile>(T* elements, KernelBuffer<T> words, long count)
        where T : unmanaged
        where TTile : ITile<T>
    {
        if (TTile.Pack == 1)
        {
            return elements;
        }

        TTile.PackColumns(words.Pointer, elements, count);
        return words.Pointer;
    }

    /// <summary>The elements as words of neighbours in a column.</summary>
    /// <param name="elements">The elements, <c>[rows, columns]</c>.</param>
    /// <param name="words">Memory for the words; unused where a word is an element.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns.</param>
    public static T* Rows<T, TTile>(T* elements, T* words, long rows, long columns)
        where T : unmanaged
        where TTile : ITile<T>
    {
        if (TTile.Pack == 1)
        {
            return elements;
        }

        TTile.PackRows(words, elements, rows, columns);
        return words;
    }

    /// <summary>The same row in each row of a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="bias">The row.</param>
    /// <param name="rows">The tile's rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T>(T* tile, T* bias, int rows)
        where T : unmanaged
    {
        int v = Lanes.Count<T>(), width = Width<T>();
        for (int lane = 0; lane < width; lane += v)
        {
            Vector512<T> x = Vector512.Load(bias + lane);
            for (int row = 0; row < rows; row++)
            {
                x.Store(tile + row * width + lane);
            }
        }
    }
}
