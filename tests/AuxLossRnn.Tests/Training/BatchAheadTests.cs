using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>Batches are made one step ahead on a thread of their own, and nothing of that is left behind.</summary>
[Collection(OneAtATime.Name)]
public sealed class BatchAheadTests : IDisposable
{
    private const int Steps = 12;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20); // reached only by a trainer that reads no batch ahead

    private static readonly ExperimentSpec Spec = TinyRun.Spec with
    {
        Steps = Steps,
        Epochs = 3,
        EvaluateEvery = 100,
        CheckpointEvery = 5,
    };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void The_next_batch_is_made_while_a_step_computes()
    {
        using var made = new SemaphoreSlim(0);
        var threads = new HashSet<Thread>();
        using var trainer = new Trainer(Spec, Watched(() => threads.Add(Thread.CurrentThread), () => made.Release()));
        Assert.Equal(0, made.CurrentCount);
        trainer.StepDone += step =>
        {
            // Its own batch, and the one after it.
            Assert.True(step.Step > 1 || made.Wait(Limit));
            Assert.True(step.Step == Steps || made.Wait(Limit), $"At the end of step {step.Step} the batch of the next is not there.");
        };
        trainer.Run();

        Assert.Equal(0, made.CurrentCount);
        Assert.DoesNotContain(Thread.CurrentThread, threads);
    }

    [Fact]
    public void There_is_never_more_than_one_batch_ahead()
    {
        (int done, int made, int farthest) = (0, 0, 0);
        using var trainer = new Trainer(Spec, Watched(() => farthest = Math.Max(farthest, made++ - Volatile.Read(ref done))));
        trainer.StepDone += step => Volatile.Write(ref done, step.Step);
        trainer.Run();

        Assert.Equal(Steps, made);
        Assert.InRange(farthest, 0, 1);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(8, 1)]
    [InlineData(4, 20)]
    [InlineData(8, 20)]
    public void Data_that_cannot_be_read_ends_the_run_as_itself_with_a_checkpoint_of_all_steps_before(int last, int logEvery)
    {
        RunFolder folder = RunFolder.Open(_temporary["run"], Spec, resume: false);
        var failure = new IOException("The disk is gone.");
        int made = 0;
        using (var trainer = new Trainer(Spec, Watched(() => _ = ++made == last ? throw failure : 0), folder))
        {
            trainer.LogEvery = logEvery;
            Assert.Same(failure, Assert.Throws<IOException>(() => trainer.Run()));
        }

        Assert.Contains(nameof(WatchedDataset), failure.StackTrace); // where it was thrown, not where it was passed on
        Assert.Equal(last - 1, File.ReadLines(folder.MetricsPath).Count());
        using var resumed = new Trainer(Spec, TinyRun.Data, folder);
        Assert.Equal(last - 1, resumed.Resume());
        resumed.Run();
        RunFolder whole = RunFolder.Open(_temporary["whole"], Spec, resume: false);
        using var uninterrupted = new Trainer(Spec, TinyRun.Data, whole);
        uninterrupted.Run();
        Assert.Equal(TinyRun.Metrics(whole), TinyRun.Metrics(folder));
        Assert.Equal(TinyRun.Weights(uninterrupted.Model), TinyRun.Weights(resumed.Model));
    }

    [Theory]
    [InlineData("finished")]
    [InlineData("cancelled")]
    [InlineData("failed")]
    [InlineData("unreadable")]
    public void However_it_ends_no_thread_and_no_tensor_is_left(string how)
    {
        Thread thread = Train(how);
        Assert.False(thread.IsAlive);

        // TorchSharp does not count the weights of a linear layer as freed: no trainer ends with zero, not even an idle one.
        Assert.Equal(Left(() => new Trainer(Spec, TinyRun.Data).Dispose()), Left(() => Train(how)));
    }

    private static Thread Train(string how)
    {
        using var stop = new CancellationTokenSource();
        using var made = new SemaphoreSlim(0);
        Thread? thread = null;
        int count = 0;
        DatasetSplits data = Watched(
            () => thread = ++count == 6 && how == "unreadable" ? throw new IOException() : Thread.CurrentThread,
            () => made.Release());
        using var trainer = new Trainer(Spec, data);
        trainer.StepDone += step =>
        {
            if (step.Step == 4)
            {
                // The batch of step 5 is there, and nobody will take it.
                Assert.True(Enumerable.Range(0, 5).All(_ => made.Wait(Limit)));
                _ = how == "failed" ? throw new InvalidOperationException() : 0;
                _ = how == "cancelled" ? stop.CancelAsync() : Task.CompletedTask;
            }
        };
        Type? thrown = Record.Exception(() => trainer.Run(stop.Token))?.GetType();
        Assert.Equal(how switch { "failed" => typeof(InvalidOperationException), "unreadable" => typeof(IOException), _ => null }, thrown);
        return thread!;
    }

    /// <summary>What is left of it at once, before the garbage collector frees what was forgotten.</summary>
    private static long Left(Action train)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        train();
        return Tensor.TotalCount - before;
    }

    private static DatasetSplits Watched(Action read, Action? made = null) => TinyRun.Data with
    {
        Train = new WatchedDataset(TinyRun.Data.Train, read, made),
    };
}
