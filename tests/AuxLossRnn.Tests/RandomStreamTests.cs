using AuxLossRnn.Runtime;

namespace AuxLossRnn.Tests;

public sealed class RandomStreamTests
{
    [Fact]
    public void A_stream_is_a_function_of_seed_purpose_and_index()
    {
        ulong Draw(long seed, RandomPurpose purpose, long index) => new RandomStream(seed, purpose, index).NextUInt64();

        Assert.Equal(Draw(1, RandomPurpose.Order, 2), Draw(1, RandomPurpose.Order, 2));
        ulong[] different =
        [
            Draw(1, RandomPurpose.Order, 2), Draw(2, RandomPurpose.Order, 2), Draw(1, RandomPurpose.Anchors, 2),
            Draw(1, RandomPurpose.Order, 3), Draw(-1, RandomPurpose.Order, 2),
        ];
        Assert.Equal(different.Length, different.Distinct().Count());
    }

    [Fact]
    public void Integers_cover_their_range_evenly()
    {
        var stream = new RandomStream(7, RandomPurpose.Anchors);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[stream.Next(7)]++;
        }

        // 10,000 each, standard deviation 93: five of them are 463.
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void A_permutation_holds_every_index_once() =>
        Assert.Equal(Enumerable.Range(0, 784), new RandomStream(3, RandomPurpose.Order).Permutation(784).Order());
}
