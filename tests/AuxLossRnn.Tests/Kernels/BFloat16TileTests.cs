using System.Runtime.InteropServices;
using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>The product that is written in the processor's codes, and the rounding of its operands.</summary>
public sealed unsafe class BFloat16TileTests
{
    private const int Rows = Tile<float>.Rows, Width = 64;

    public BFloat16TileTests() => Kernel.Require(Precision.BFloat16);

    /// <summary>Every finite bfloat16 with tails below, at and above the tie: 389,000 numbers of all sizes and both signs.</summary>
    [Fact]
    public void Operands_are_rounded_as_torch_rounds_them()
    {
        uint[] tails = [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF];
        float[] numbers = [.. Enumerable.Range(0, 1 << 16)
            .SelectMany(upper => tails.Select(tail => BitConverter.UInt32BitsToSingle((uint)upper << 16 | tail)))
            .Where(float.IsFinite)];
        using Tensor rounded = tensor(numbers).to(ScalarType.BFloat16).to(ScalarType.Float32); // [N]
        ushort[] expected = [.. rounded.data<float>().ToArray().Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))];

        Assert.Equal(expected, InColumns(numbers));
        Assert.Equal(expected, InRows(numbers));
        Assert.Equal(expected, InWords(numbers));
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void Infinity_and_what_is_not_a_number_stay_so(float value)
    {
        float[] numbers = [.. Enumerable.Repeat(value, 32)];
        Assert.All(new[] { InColumns(numbers), InRows(numbers), InWords(numbers) }, halves => Assert.All(
            halves, half => Assert.Equal(value, BitConverter.UInt32BitsToSingle((uint)half << 16))));
    }

    /// <summary>Products of two bfloat16 are exact in float32, and each word adds two: 2 roundings a word, of at most 2⁻²⁴ each.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(32, 3)]
    public void Sums_are_off_by_no_more_than_float32s_roundings(int k, int blocks)
    {
        var random = new RandomStream(k, RandomPurpose.Drawing);
        (double[] sums, double[] sizes, float[] result) = Multiply(
            k, blocks, () => (float)((random.NextUInt64() % 2_000_001) / 1e6 - 1), () => (float)((random.NextUInt64() % 2_000_001) / 1e6 - 1));

        double bound = (2 * k * blocks + 1) * Math.Pow(2, -24);
        Assert.All(Enumerable.Range(0, sums.Length), i => Assert.InRange(result[i], sums[i] - bound * sizes[i], sums[i] + bound * sizes[i]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 2)]
    [InlineData(7, 5)]
    public void Sums_of_small_integers_are_exact(int k, int blocks)
    {
        var random = new RandomStream(k, RandomPurpose.Drawing);
        (double[] sums, _, float[] result) = Multiply(k, blocks, () => random.Next(257) - 128, () => random.Next(257) - 128);

        Assert.Equal(sums, result.Select(value => (double)value));
    }

    /// <summary>C + A·B in the tile, and the same sums of the rounded operands in float64.</summary>
    private static (double[] Sums, double[] Sizes, float[] Result) Multiply(int k, int blocks, Func<float> ofA, Func<float> ofB)
    {
        // Rows and blocks of A apart from one another, as a panel of a larger matrix has them.
        int aRow = k + 3, aBlock = Rows * aRow + 5, words = k * blocks;
        using var c = KernelBuffer<float>.Rent(Rows * Width);
        using var a = KernelBuffer<float>.Zeros(aBlock * blocks);
        using var b = KernelBuffer<float>.Zeros((long)words * Width);
        double[] sums = new double[Rows * Width], sizes = new double[Rows * Width];
        float* pair = stackalloc float[2];
        for (int i = 0; i < sums.Length; i++)
        {
            c.Pointer[i] = ofA();
            (sums[i], sizes[i]) = (c.Pointer[i], Math.Abs(c.Pointer[i]));
        }

        float[,] left = new float[Rows, 2 * words], right = new float[2 * words, Width];
        for (int word = 0; word < words; word++)
        {
            for (int row = 0; row < Rows; row++)
            {
                (left[row, 2 * word], left[row, 2 * word + 1]) = (Short(ofA()), Short(ofA()));
                (pair[0], pair[1]) = (left[row, 2 * word], left[row, 2 * word + 1]);
                a.Pointer[word / k * aBlock + row * aRow + word % k] = BFloat16Tile.Word(pair);
            }

            for (int column = 0; column < Width; column++)
            {
                (right[2 * word, column], right[2 * word + 1, column]) = (Short(ofB()), Short(ofB()));
                (pair[0], pair[1]) = (right[2 * word, column], right[2 * word + 1, column]);
                b.Pointer[word * Width + column] = BFloat16Tile.Word(pair);
            }
        }

        for (int i = 0; i < sums.Length; i++)
        {
            for (int j = 0; j < 2 * words; j++)
            {
                double product = (double)left[i / Width, j] * right[j, i % Width];
                sums[i] += product;
                sizes[i] += Math.Abs(product);
            }
        }

        BFloat16Tile.MultiplyAdd(c.Pointer, a.Pointer, aRow, 1, aBlock, b.Pointer, k, blocks);
        return (sums, sizes, new Span<float>(c.Pointer, sums.Length).ToArray());
    }

    private static float Short(float value) => BitConverter.UInt32BitsToSingle((uint)InWords([value, value])[0] << 16);

    private static ushort[] InColumns(float[] numbers)
    {
        int count = (numbers.Length + 31) / 32 * 32;
        using var from = KernelBuffer<float>.Zeros(count);
        using var to = KernelBuffer<float>.Zeros(count);
        numbers.CopyTo(new Span<float>(from.Pointer, count));
        BFloat16Tile.PackColumns(to.Pointer, from.Pointer, count);
        return new Span<ushort>(to.Pointer, numbers.Length).ToArray();
    }

    /// <summary>Two rows become one of words: the upper row in the lower halves.</summary>
    private static ushort[] InRows(float[] numbers)
    {
        int columns = 48, rows = (numbers.Length + 2 * columns - 1) / (2 * columns) * 2;
        using var from = KernelBuffer<float>.Zeros(rows * columns);
        using var to = KernelBuffer<float>.Zeros(rows * columns);
        numbers.CopyTo(new Span<float>(from.Pointer, rows * columns));
        BFloat16Tile.PackRows(to.Pointer, from.Pointer, rows, columns);
        ushort* halves = (ushort*)to.Pointer;
        ushort[] result = new ushort[numbers.Length];
        for (int i = 0; i < result.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            result[i] = halves[2 * (row / 2 * columns + column) + row % 2];
        }

        return result;
    }

    private static ushort[] InWords(float[] numbers)
    {
        ushort[] result = new ushort[numbers.Length];
        float* pair = stackalloc float[2];
        for (int i = 0; i < numbers.Length; i += 2)
        {
            (pair[0], pair[1]) = (numbers[i], numbers[Math.Min(i + 1, numbers.Length - 1)]);
            uint word = BitConverter.SingleToUInt32Bits(BFloat16Tile.Word(pair));
            MemoryMarshal.Cast<uint, ushort>([word])[..Math.Min(2, numbers.Length - i)].CopyTo(result.AsSpan(i));
        }

        return result;
    }
}
