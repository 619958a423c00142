using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data.Tests;

public sealed class PixelPermutationTests
{
    [Theory]
    [InlineData(784)]
    [InlineData(196)]
    [InlineData(1)]
    public void It_reads_every_pixel_once(int pixels) =>
        Assert.Equal(Enumerable.Range(0, pixels), PixelPermutation.For(pixels).Order());

    [Fact]
    public void The_saved_order_is_the_one_that_was_drawn() =>
        Assert.Equal(new RandomStream(0, RandomPurpose.Order).Permutation(784), PixelPermutation.For(784));

    [Fact]
    public void Smaller_images_keep_the_order_of_the_pixels_they_have() =>
        Assert.Equal(PixelPermutation.For(784).Where(pixel => pixel < 100), PixelPermutation.For(100));

    [Fact]
    public void There_is_none_for_more_pixels() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelPermutation.For(785));

    [Fact]
    public void A_caller_cannot_change_it_for_others()
    {
        PixelPermutation.For(784)[0] = -1;

        Assert.NotEqual(-1, PixelPermutation.For(784)[0]);
    }
}
