using System.Security.Cryptography;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class StrokeDigitsTests
{
    [Fact]
    public void The_drawn_bytes_are_those_of_every_earlier_run_and_platform()
    {
        ByteImages images = StrokeDigits.Draw(100, 28, seed: 1);

        // Only arithmetic that IEEE 754 rounds alike everywhere goes into them, so the pin holds on every platform.
        // Whoever changes it on purpose changes the dataset: results measured on the old one no longer compare.
        Assert.Equal(
            "3da69f19453ba0d8d1c2ef532e6ee782abac297e4574d5eac034f1892b14eb89",
            Convert.ToHexStringLower(SHA256.HashData([.. images.Levels, .. images.Labels])));
    }

    [Fact]
    public void An_image_depends_on_seed_and_index_alone()
    {
        ByteImages together = StrokeDigits.Draw(60, 12, seed: 5, first: 1_000);
        for (int i = 0; i < together.Count; i++)
        {
            ByteImages alone = StrokeDigits.Draw(1, 12, seed: 5, first: 1_000 + i);
            Assert.Equal(alone.Labels[0], together.Labels[i]);
            Assert.Equal(alone.Levels, Image(together, i).ToArray());
        }
    }

    [Fact]
    public void Other_seeds_and_other_indices_give_other_images()
    {
        ByteImages[] sets =
        [
            StrokeDigits.Draw(50, 28, seed: 1), StrokeDigits.Draw(50, 28, seed: 2),
            StrokeDigits.Draw(50, 28, seed: 1, first: 1L << 40),
        ];

        var different = new HashSet<string>();
        foreach (ByteImages set in sets)
        {
            for (int i = 0; i < set.Count; i++)
            {
                different.Add(Convert.ToHexString(Image(set, i)));
            }
        }

        Assert.Equal(150, different.Count);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Every_class_is_drawn_about_equally_often()
    {
        ByteImages images = StrokeDigits.Draw(10_000, 4, seed: 3);

        Assert.Equal(10, images.Classes);
        // 1,000 each, standard deviation 30: five of them are 150.
        Assert.All(Enumerable.Range(0, 10), c => Assert.InRange(images.Labels.Count(label => label == c), 850, 1_150));
    }

    [Fact]
    public void Images_have_the_ink_contrast_and_place_of_handwriting()
    {
        ByteImages images = StrokeDigits.Draw(1_000, 28, seed: 4);
        for (int i = 0; i < images.Count; i++)
        {
            byte[] image = Image(images, i).ToArray();
            double mean = image.Average(level => (double)level);
            Assert.InRange(mean, 5, 90);
            Assert.True(image.Max() > 200, $"Image {i} is pale: its brightest pixel is {image.Max()}.");
            Assert.InRange(image.Select((level, p) => level * (p % 28 + 0.5)).Sum() / (mean * 784), 11, 17);
            Assert.InRange(image.Select((level, p) => level * (p / 28 + 0.5)).Sum() / (mean * 784), 11, 17);
        }

        Assert.InRange(images.Levels.Average(level => (double)level), 28, 38); // MNIST: 33
    }

    [Fact]
    public void Every_side_shows_a_digit() =>
        Gen.Select(Gen.Int[4, 40], Gen.Long, Gen.Long[0, long.MaxValue - 3]).Sample(
            (side, seed, first) =>
            {
                ByteImages images = StrokeDigits.Draw(3, side, seed, first);
                Assert.Equal((3, side, 1), (images.Count, images.Side, images.Channels));
                Assert.Equal(3 * side * side, images.Levels.Length);
                for (int i = 0; i < 3; i++)
                {
                    Assert.InRange(Mean(Image(images, i)), 5, 90);
                }
            },
            iter: 200,
            threads: 1);

    [Theory]
    [InlineData(14)]
    [InlineData(7)]
    [InlineData(4)]
    public void A_small_side_looks_like_the_large_one_average_pooled(int side)
    {
        ByteImages drawn = StrokeDigits.Draw(100, side, seed: 6);
        ByteImages pooled = AveragePooling.Resize(StrokeDigits.Draw(100, 28, seed: 6), side);

        Assert.Equal(pooled.Labels, drawn.Labels);
        Assert.All(drawn.Levels.Zip(pooled.Levels), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Theory]
    [InlineData(0, 28, 0L, "draw 0 stroke digits")]
    [InlineData(-5, 28, 0L, "at least 1")]
    [InlineData(10, 3, 0L, "side of 3")]
    [InlineData(10, -28, 0L, "at least 4 pixels")]
    [InlineData(60_000, 1_000, 0L, "smaller count or side")]
    [InlineData(1, int.MaxValue, 0L, "smaller count or side")]
    [InlineData(10, 28, -1L, "from index -1")]
    [InlineData(10, 28, long.MaxValue, "between 0 and")]
    public void What_cannot_be_drawn_is_explained(int count, int side, long first, string part)
    {
        UserException exception = Assert.Throws<UserException>(() => StrokeDigits.Draw(count, side, 1, first));
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    private static ReadOnlySpan<byte> Image(ByteImages images, int index) =>
        images.Levels.AsSpan(index * images.Side * images.Side, images.Side * images.Side);

    private static double Mean(ReadOnlySpan<byte> image)
    {
        double sum = 0;
        foreach (byte level in image)
        {
            sum += level;
        }

        return sum / image.Length;
    }
}
