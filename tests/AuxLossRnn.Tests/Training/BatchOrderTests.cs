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

    private static int[][] Steps(BatchOrder order, int from, int count) =>
        [.. Enumerable.Range(from, count).Select(step => order.At(step).ToArray())];
}
