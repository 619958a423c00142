using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>What the kernels take they give back. Counts are the process's, so no other test may run meanwhile.</summary>
[Collection(OneAtATime.Name)]
[Trait("Category", "Slow")]
public sealed class KernelMemoryTests
{
    private const int Batch = 13, Features = 5, Hidden = 20, Levels = 5, Steps = 7;

    public KernelMemoryTests()
    {
        Kernel.Require();
        Collect();
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    public void Five_hundred_steps_leave_no_tensor_and_no_memory_in_use(Precision precision)
    {
        Kernel.Require(precision);
        using var scope = NewDisposeScope();
        Tensor[] leaves = Leaves();
        Step(leaves, precision, backward: true);
        (long tensors, long mostUsed) = (Tensor.TotalCount, KernelMemory.Bytes.MostUsed);
        for (int i = 0; i < 500; i++)
        {
            Step(leaves, precision, backward: true);
        }

        Assert.Equal(tensors, Tensor.TotalCount);
        (long used, long kept, long most) = KernelMemory.Bytes;
        Assert.Equal((0, mostUsed), (used, most));
        Assert.InRange(kept, 1, most);
    }

    [Fact]
    public void Without_a_graph_nothing_stays_in_use()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Step(Leaves(), Precision.Float32, backward: false);

        Assert.Equal(0, KernelMemory.Bytes.Used);
    }

    [Fact]
    public void A_graph_that_is_dropped_gives_its_memory_back_when_garbage_is_collected()
    {
        using var scope = NewDisposeScope();
        Tensor[] leaves = Leaves();
        for (int i = 0; i < 20; i++)
        {
            Step(leaves, Precision.Float32, backward: false);
        }

        Assert.NotEqual(0, KernelMemory.Bytes.Used);
        Collect();
        Assert.Equal(0, KernelMemory.Bytes.Used);
    }

    [Fact]
    public void Blocks_are_used_again_and_no_more_are_kept_than_were_in_use_at_once()
    {
        KernelMemory.Return(KernelMemory.Rent(1 << 16));
        long kept = KernelMemory.Bytes.Kept;
        KernelMemory.Block again = KernelMemory.Rent(1 << 16);

        Assert.Equal(kept - again.Bytes, KernelMemory.Bytes.Kept);
        KernelMemory.Return(again);
        for (int i = 0; i < 200; i++)
        {
            // Each four times the size of the one before, so that none fits the next.
            KernelMemory.Return(KernelMemory.Rent(1L << (12 + 2 * (i % 6))));
            Assert.InRange(KernelMemory.Bytes.Kept, 1, KernelMemory.Bytes.MostUsed);
        }
    }

    /// <summary>The inputs, the state, the weights of the LSTM and those of the layers on top.</summary>
    private static Tensor[] Leaves()
    {
        var generator = new Generator(1);
        long[][] shapes =
        [
            [Steps, Batch, Features], [Batch, Hidden], [Batch, Hidden], [4 * Hidden, Features], [4 * Hidden, Hidden], [4 * Hidden],
            [9, Hidden], [9], [Levels, 9], [Levels],
        ];
        return [.. shapes.Select(shape => Kernel.Normal(generator, shape).to(ScalarType.Float32).requires_grad_())];
    }

    private static void Step(Tensor[] leaves, Precision precision, bool backward)
    {
        using var scope = NewDisposeScope();
        (Tensor? outputs, _, _) = RecurrentFunction.Read(
            RecurrentKind.Lstm, leaves[0], leaves[1], leaves[2], (leaves[3], leaves[4], leaves[5]), RecurrentResult.Outputs, precision == Precision.BFloat16); // [t, B, H]
        (_, Tensor hidden, Tensor? cell) = RecurrentFunction.Read(
            RecurrentKind.Lstm, leaves[0], leaves[1], leaves[2], (leaves[3], leaves[4], leaves[5]), RecurrentResult.State, precision == Precision.BFloat16); // [B, H]
        Tensor targets = zeros(Steps, Batch, 1), tokens = zeros(Steps, Batch, 1, dtype: ScalarType.Byte); // [t, B, 1]
        var layers = new FeedForwardWeights(leaves[6], leaves[7], leaves[8], leaves[9], Relu: true);
        Tensor loss = TokenLossFunction.Sum(outputs!, layers, targets, tokens, Levels, precision == Precision.BFloat16) + hidden.sum() + cell!.sum(); // []
        if (backward)
        {
            loss.backward();
        }
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
