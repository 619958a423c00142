using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class AveragePoolingTests
{
    private static readonly Gen<(ByteImages Images, int Side)> Cases =
        from side in Gen.Int[1, 12]
        from smaller in Gen.Int[1, side]
        from colour in Gen.Bool
        let channels = colour ? 3 : 1
        from count in Gen.Int[1, 3]
        from levels in Gen.Byte.Array[count * side * side * channels]
        select (new ByteImages(levels, new byte[count], side, channels, 10), smaller);

    [Fact]
    public void Half_the_side_is_the_mean_of_two_by_two_pixels()
    {
        ByteImages images = Random(count: 3, side: 28, channels: 1);

        ByteImages half = AveragePooling.Resize(images, 14);

        Assert.Equal((3, 14, 1, 10), (half.Count, half.Side, half.Channels, half.Classes));
        for (int image = 0; image < 3; image++)
        {
            for (int y = 0; y < 14; y++)
            {
                for (int x = 0; x < 14; x++)
                {
                    int At(int v, int u) => images.Levels[(image * 28 + v) * 28 + u];
                    int sum = At(2 * y, 2 * x) + At(2 * y, 2 * x + 1) + At(2 * y + 1, 2 * x) + At(2 * y + 1, 2 * x + 1);
                    Assert.Equal((byte)Math.Round(sum / 4.0), half.Levels[(image * 14 + y) * 14 + x]);
                }
            }
        }
    }

    [Fact]
    public void Any_side_agrees_with_counting_the_cells_of_a_common_grid() =>
        Cases.Sample(
            c =>
            {
                (ByteImages images, int side) = c;
                ByteImages small = AveragePooling.Resize(images, side);
                for (int i = 0; i < small.Levels.Length; i++)
                {
                    // Half a level for the rounding, and a little for doubles.
                    Assert.InRange(small.Levels[i] - Reference(images, side, i), -0.5 - 1e-9, 0.5 + 1e-9);
                }
            },
            iter: 300);

    [Fact]
    public void The_mean_is_kept() =>
        Cases.Sample(
            c => Assert.InRange(Mean(AveragePooling.Resize(c.Images, c.Side)) - Mean(c.Images), -0.5 - 1e-9, 0.5 + 1e-9),
            iter: 300);

    [Fact]
    public void White_stays_white_at_every_side()
    {
        byte[] white = [.. Enumerable.Repeat((byte)255, 28 * 28)];
        for (int side = 1; side <= 28; side++)
        {
            ByteImages small = AveragePooling.Resize(new ByteImages(white, [0], 28, 1, 10), side);
            Assert.Equal(side * side, small.Levels.Length);
            Assert.All(small.Levels, level => Assert.Equal(255, level));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(29)]
    public void A_side_that_is_not_smaller_is_refused(int side) =>
        Assert.Contains("Side", Assert.Throws<UserException>(() => AveragePooling.Resize(Random(1, 28, 1), side)).Message);

    [Fact]
    public void The_own_side_changes_nothing()
    {
        ByteImages images = Random(2, 5, 3);

        Assert.Same(images, AveragePooling.Resize(images, 5));
    }

    /// <summary>The mean over the cells that a pixel covers on a grid as fine as both sides together: whole numbers alone.</summary>
    private static double Reference(ByteImages images, int side, int index)
    {
        int channel = index % images.Channels;
        int x = index / images.Channels % side;
        int y = index / images.Channels / side % side;
        int image = index / images.Channels / side / side;
        long sum = 0;
        for (int v = y * images.Side; v < (y + 1) * images.Side; v++)
        {
            for (int u = x * images.Side; u < (x + 1) * images.Side; u++)
            {
                int row = image * images.Side + v / side;
                sum += images.Levels[(row * images.Side + u / side) * images.Channels + channel];
            }
        }

        return (double)sum / (images.Side * images.Side);
    }

    private static double Mean(ByteImages images) => images.Levels.Average(level => (double)level);

    private static ByteImages Random(int count, int side, int channels)
    {
        byte[] levels = new byte[count * side * side * channels];
        new Random(3).NextBytes(levels);
        return new ByteImages(levels, new byte[count], side, channels, 10);
    }
}
