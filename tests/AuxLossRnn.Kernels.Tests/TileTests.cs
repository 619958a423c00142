using System.Numerics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>The innermost product against a plain triple loop.</summary>
public sealed unsafe class TileTests
{
    /// <summary>Each word is added with one rounding, of half a unit in the last place.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(32, 3)]
    public void Sums_are_off_by_no_more_than_their_roundings(int k, int blocks)
    {
        foreach (int rows in new[] { Tile<float>.Rows, Tile<float>.RowUnit })
        {
            Check<float>(rows, k, blocks, Math.Pow(2, -24));
            Check<double>(rows, k, blocks, Math.Pow(2, -52)); // the loop rounds as well
        }
    }

    private static void Check<T>(int rows, int k, int blocks, double rounding)
        where T : unmanaged, INumber<T>
    {
        // Rows and blocks of A apart from one another, as a panel of a larger matrix has them.
        int width = Panels.Width<T>(), aRow = k + 3, aBlock = rows * aRow + 5, words = k * blocks;
        var random = new Random(words);
        double[] left = Numbers.Draw(random, aBlock * blocks), right = Numbers.Draw(random, words * width), sums = Numbers.Draw(random, rows * width);
        T[] a = Numbers.Pinned<T>(left), b = Numbers.Pinned<T>(right), c = Numbers.Pinned<T>(sums);
        Tile<T>.MultiplyAdd(Numbers.Address(c), Numbers.Address(a), aRow, 1, aBlock, Numbers.Address(b), k, blocks, rows);
        GC.KeepAlive((a, b)); // an address keeps nothing alive

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < width; column++)
            {
                double sum = sums[row * width + column], size = Math.Abs(sum);
                for (int word = 0; word < words; word++)
                {
                    double product = left[word / k * aBlock + row * aRow + word % k] * right[word * width + column];
                    (sum, size) = (sum + product, size + Math.Abs(product));
                }

                Assert.InRange(double.CreateChecked(c[row * width + column]), sum - words * rounding * size, sum + words * rounding * size);
            }
        }
    }
}
