using AuxLossRnn.Runtime;

namespace AuxLossRnn.Tests.Runtime;

public sealed class TorchThreadsTests
{
    [Fact]
    public void One_thread_is_always_possible()
    {
        // Not more: the count is the whole process's, and other tests rely on one thread.
        Assert.Equal(1, TorchThreads.Use(1));
        Assert.Equal(1, TorchThreads.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(int.MaxValue)]
    public void A_count_that_cannot_be_is_refused_with_the_range(int count)
    {
        var failure = Assert.Throws<UserException>(() => TorchThreads.Use(count));

        Assert.Contains(count.ToString(), failure.Message);
        Assert.Contains($"from 1 to {Environment.ProcessorCount}", failure.Message);
        Assert.Equal(1, TorchThreads.Use(1));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void By_default_every_processor_of_the_process_is_used()
    {
        using var folder = new TemporaryFolder();
        Probe probe = Probe.Ask(folder, ("DOTNET_PROCESSOR_COUNT", "1"));

        Assert.Equal(1, probe.ThreadsByDefault);
    }
}
