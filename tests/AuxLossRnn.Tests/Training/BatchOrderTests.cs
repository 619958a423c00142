using AuxLossRnn.Sequences;
using AuxLossRnn.Training;

namespace AuxLossRnn.Tests.Training;

public sealed class BatchOrderTests
{
    [Fact]
    public void Every_example_comes_once_an_epoch()
    {
        var order = new BatchOrder(60, 10, seed: 3);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(Enumerable.Range(0, 60), Steps(order, epoch * 6, 6).SelectMany(batch => batch).Order());
        }
    }

    [Fact]
    public void An_incomplete_batch_is_left_out_but_not_always_the_same_examples()
    {
        var order = new BatchOrder(64, 10, seed: 3);
        int[][] epochs = [.. Enumerable.Range(0, 5).Select(epoch => Steps(order, epoch * 6, 6).SelectMany(batch => batch).ToArray())];

        Assert.All(epochs, epoch => Assert.Equal(60, epoch.Distinct().Count()));
        Assert.Equal(64, epochs.SelectMany(epoch => epoch).Distinct().Count());
    }

    [Fact]
    public void Each_epoch_and_each_seed_has_another_order()
    {
        var order = new BatchOrder(60, 60, seed: 3);
        int[][] orders = [.. Steps(order, 0, 4), [.. new BatchOrder(60, 60, seed: 4).At(0)], [.. Enumerable.Range(0, 60)]];

        Assert.Equal(6, orders.Select(epoch => string.Join(",", epoch)).Distinct().Count());
    }

    [Fact]
    public void A_batch_does_not_depend_on_the_steps_asked_for_before()
    {
        int[][] forwards = Steps(new BatchOrder(60, 10, seed: 3), 0, 20);
        var order = new BatchOrder(60, 10, seed: 3);

        Assert.All(Enumerable.Range(0, 20).Reverse(), step => Assert.Equal(forwards[step], order.At(step).ToArray()));
        Assert.Equal(forwards[13], new BatchOrder(60, 10, seed: 3).At(13).ToArray());
    }

    [Fact]
    public void By_length_every_example_comes_once_an_epoch_in_another_order_each_time()
    {
        var order = new BatchOrder(1_200, 10, seed: 3, Length);
        int[][][] epochs = [.. Enumerable.Range(0, 3).Select(epoch => Steps(order, epoch * 120, 120))];

        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 1_200), epoch.SelectMany(batch => batch).Order()));
        Assert.Equal(3, epochs.Select(epoch => string.Join(",", epoch[0])).Distinct().Count());

        // Not the same examples together each time.
        string[] sets = [.. epochs.SelectMany(epoch => epoch).Select(batch => string.Join(",", batch.Order()))];
        Assert.Equal(sets.Length, sets.Distinct().Count());
    }

    [Fact]
    public void By_length_a_batch_holds_nearly_one_length_and_does_not_depend_on_the_steps_before()
    {
        var order = new BatchOrder(1_234, 10, seed: 3, Length);
        int[][] forwards = Steps(order, 0, 300);

        Assert.True(forwards.Average(batch => 1 - batch.Average(Length) / batch.Max(Length)) < 0.03);
        Assert.All(Enumerable.Range(0, 30).Reverse(), step => Assert.Equal(forwards[step * 10], order.At(step * 10).ToArray()));
        Assert.Equal(forwards[200], new BatchOrder(1_234, 10, seed: 3, Length).At(200).ToArray());

        // What is left out of an epoch is left out by chance, not for its length.
        int[] left = [.. Enumerable.Range(0, 2).SelectMany(epoch => Enumerable.Range(0, 1_234).Except(forwards.Skip(epoch * 123).Take(123).SelectMany(batch => batch)))];
        Assert.InRange(left.Average(Length), 150, 350);
    }

    [Fact]
    public void By_length_short_batches_do_not_come_before_long_ones()
    {
        // 50 batches, which are sorted together.
        int[][] batches = Steps(new BatchOrder(500, 10, seed: 3, Length), 0, 50);
        double[] first = [.. batches[..25].Select(batch => batch.Average(Length))], last = [.. batches[25..].Select(batch => batch.Average(Length))];

        Assert.InRange(first.Average() - last.Average(), -60, 60);
    }

    [Fact]
    public void Equal_lengths_keep_the_order_they_had()
    {
        SequenceDataset data = TinyRun.Data.Train;

        Assert.Equal(Steps(new BatchOrder(data.Count, 5, 3), 0, 20), Steps(BatchOrder.Of(data, 5, 3), 0, 20));
    }

    private static int Length(int example) => 100 + example * 7919 % 300;

    private static int[][] Steps(BatchOrder order, int from, int count) =>
        [.. Enumerable.Range(from, count).Select(step => order.At(step).ToArray())];
}
