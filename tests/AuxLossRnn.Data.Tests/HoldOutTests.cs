using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using CsCheck;

namespace AuxLossRnn.Data.Tests;

public sealed class HoldOutTests
{
    [Fact]
    public void The_parts_are_sorted_disjoint_and_together_everything() =>
        Gen.Select(Gen.Int[0, 300], Gen.Double[0, 0.999], Gen.Long).Sample((count, fraction, seed) =>
        {
            (int[] train, int[] validation) = HoldOut.Split(count, fraction, seed);

            Assert.Equal(train.Order(), train);
            Assert.Equal(validation.Order(), validation);
            Assert.Equal(Enumerable.Range(0, count), train.Concat(validation).Order());
            Assert.InRange(validation.Length, count * fraction - 1, count * fraction + 1);
            Assert.True(count < 2 || train.Length > 0);
            Assert.True(count < 2 || fraction == 0 || validation.Length > 0);
        });

    [Fact]
    public void A_seed_has_one_split_and_another_seed_another()
    {
        Assert.Equal(HoldOut.Split(1000, 0.1, 5).Validation, HoldOut.Split(1000, 0.1, 5).Validation);
        Assert.NotEqual(HoldOut.Split(1000, 0.1, 5).Validation, HoldOut.Split(1000, 0.1, 6).Validation);
    }

    [Fact]
    public void The_split_is_drawn_from_the_stream_of_its_purpose() =>
        Assert.Equal(
            new RandomStream(5, RandomPurpose.Split).Permutation(1000)[..100].Order(), HoldOut.Split(1000, 0.1, 5).Validation);

    [Fact]
    public void Every_example_is_held_out_equally_often()
    {
        int[] counts = new int[10];
        for (int seed = 0; seed < 5_000; seed++)
        {
            foreach (int index in HoldOut.Split(10, 0.3, seed).Validation)
            {
                counts[index]++;
            }
        }

        // 1,500 each, standard deviation 32: five of them are 162.
        Assert.All(counts, count => Assert.InRange(count, 1_338, 1_662));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void An_impossible_fraction_is_refused(double fraction) =>
        Assert.Contains("validation fraction", Assert.Throws<UserException>(() => HoldOut.Split(10, fraction, 0)).Message);
}
