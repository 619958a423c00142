using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace AuxLossRnn.Kernels;

/// <summary>Which elements of a row-major matrix make the columns of an operand, and which its summed dimension.</summary>
/// <remarks>Element (k, j) of the operand is <c>matrix[Summed[k] + Columns[j]]</c>, or zero where either is −1: padding.</remarks>
/// <param name="Summed">The offsets of the summed dimension.</param>
/// <param name="Columns">The offsets of the columns, whole panels of them.</param>
internal sealed record OperandMap(long[] Summed, long[] Columns)
{
    private const int WordsAtOnce = 16;

    // Offsets follow from shapes alone, and a process has few of those: every call of a layer of one shape reads the same arrays.
    private static readonly ConcurrentDictionary<(int Count, int Padded, long Stride), long[]> Ranges = new();
    private static readonly ConcurrentDictionary<(int Hidden, int Units, string Blocks, long Stride), long[]> ProductColumns = new();

    /// <summary>Offsets 0, stride, 2·stride …, padded.</summary>
    /// <param name="count">How many.</param>
    /// <param name="padded">How many with padding.</param>
    /// <param name="stride">The elements between two.</param>
    public static long[] Range(int count, int padded, long stride = 1) => Ranges.GetOrAdd(
        (count, padded, stride),
        static shape => [.. Enumerable.Range(0, shape.Padded).Select(i => i < shape.Count ? i * shape.Stride : -1)]);

    /// <summary>The products' columns: some units' first product, the same units' second, and so on; then the next units'.</summary>
    /// <param name="hidden">The hidden size H; PyTorch keeps one block of H rows of the weights for each product below the other.</param>
    /// <param name="units">The units in a group.</param>
    /// <param name="blocks">For each product, which block of rows makes it; −1 for none.</param>
    /// <param name="stride">The elements between two rows of the weights.</param>
    public static long[] Products(int hidden, int units, int[] blocks, long stride) => ProductColumns.GetOrAdd(
        (hidden, units, string.Join(',', blocks), stride), static (shape, blocks) => Products(shape.Hidden, shape.Units, shape.Stride, blocks), blocks);

    private static long[] Products(int hidden, int units, long stride, int[] blocks)
    {
        int group = units * blocks.Length;
        var columns = new long[(hidden + units - 1) / units * group];
        for (int j = 0; j < columns.Length; j++)
        {
            (int unit, int block) = (j / group * units + j % units, blocks[j % group / units]);
            columns[j] = unit < hidden && block >= 0 ? (block * (long)hidden + unit) * stride : -1;
        }

        return columns;
    }

    /// <summary>Packs the matrix as an operand, <c>[columns / W, summed / Pack, W]</c> words.</summary>
    /// <param name="matrix">The matrix.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe KernelBuffer<T> Pack<T, TTile>(T* matrix)
        where T : unmanaged
        where TTile : ITile<T>
    {
        int width = Panels.Width<T>(), pack = TTile.Pack, words = Summed.Length / pack;
        KernelBuffer<T> packed = KernelBuffer<T>.Rent((long)words * Columns.Length);
        T* to = packed.Pointer;
        T* pair = stackalloc T[2];
        fixed (long* summed = Summed)
        {
            for (int panel = 0; panel < Columns.Length; panel += width, to += (long)words * width)
            {
                // A few words of each column at a time: rows of the matrix are read along, and what is written stays in the first-level cache.
                for (int first = 0; first < words; first += WordsAtOnce)
                {
                    int end = Math.Min(words, first + WordsAtOnce);
                    for (int j = 0; j < width; j++)
                    {
                        long column = Columns[panel + j];
                        T* word = to + (long)first * width + j;
                        for (int k = first * pack; k < end * pack; k += pack, word += width)
                        {
                            if (pack == 1)
                            {
                                *word = column < 0 || summed[k] < 0 ? default : matrix[column + summed[k]];
                                continue;
                            }

                            for (int i = 0; i < pack; i++)
                            {
                                pair[i] = column < 0 || summed[k + i] < 0 ? default : matrix[column + summed[k + i]];
                            }

                            *word = TTile.Word(pair);
                        }
                    }
                }
            }
        }

        return packed;
    }

    /// <summary>Adds a product with this operand's columns to the matrix; what fell on padding is dropped.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="product">The product, <c>[columns / W, rows, W]</c>: one row for each summed element.</param>
    /// <param name="rows">Its rows, padding included.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void AddTo<T>(T* matrix, T* product, int rows)
        where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    {
        int width = Panels.Width<T>();
        for (int j = 0; j < Columns.Length; j++)
        {
            if (Columns[j] < 0)
            {
                continue;
            }

            T* column = product + (long)(j / width) * rows * width + j % width;
            for (int k = 0; k < Summed.Length; k++)
            {
                if (Summed[k] >= 0)
                {
                    matrix[Summed[k] + Columns[j]] += column[(long)k * width];
                }
            }
        }
    }
}
