using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>Reading losses and norms of several steps at a time, as on a GPU, changes when they are written and nothing else.</summary>
[Collection(OneAtATime.Name)]
public sealed class LogEveryTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with
    {
        Model = ModelName.RpLstm,
        ClipNorm = 0.5,
        Epochs = 3,
        Steps = 16,
        EvaluateEvery = 5,
        CheckpointEvery = 4,
    };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public void Metrics_weights_and_reports_are_those_of_a_run_that_reads_every_step(int logEvery)
    {
        var (expected, expectedSteps) = Train("each", 1);
        var (found, foundSteps) = Train("several", logEvery);

        Assert.Equal(expected, found);
        Assert.Equal(Enumerable.Range(1, 16), foundSteps.Select(step => step.Step));
        Assert.Equal(expectedSteps.Select(step => step.GradientNorm), foundSteps.Select(step => step.GradientNorm));
    }

    [Fact]
    public void Nothing_is_read_before_its_time()
    {
        using var trainer = new Trainer(Spec with { EvaluateEvery = 100, CheckpointEvery = 100, Steps = 8 }, CountedData(out Func<int> made));
        trainer.LogEvery = 3;
        var madeWhenReported = new List<(int Step, int Computed)>();
        trainer.StepDone += step => madeWhenReported.Add((step.Step, made()));
        trainer.Run();

        // Steps 1 to 3 are reported together after the third, whose batch and perhaps the next are made.
        Assert.All(madeWhenReported, report => Assert.InRange(report.Computed, Math.Min(8, (report.Step + 2) / 3 * 3), 8));
        Assert.Equal(Enumerable.Range(1, 8), madeWhenReported.Select(report => report.Step));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(14)]
    [Trait("Category", "Slow")]
    public void Killed_while_steps_are_unread_it_ends_with_the_same_numbers(int killed)
    {
        var (expected, _) = Train("whole", 1);
        RunFolder folder = RunFolder.Open(_temporary["killed"], Spec, resume: false);
        using (var trainer = new Trainer(Spec, TinyRun.Data, folder))
        {
            trainer.LogEvery = 3;
            trainer.StepDone += step => _ = step.Step == killed ? throw new InvalidOperationException("killed") : 0;
            Assert.Throws<InvalidOperationException>(() => trainer.Run());
        }

        Assert.Equal(expected, Train("killed", 3, resume: true).Result);
    }

    [Fact]
    public void Cancelled_while_steps_are_unread_it_writes_them_and_goes_on()
    {
        var (expected, _) = Train("whole", 1);
        ExperimentSpec spec = Spec with { EvaluateEvery = 100, CheckpointEvery = 100 };
        RunFolder folder = RunFolder.Open(_temporary["cancelled"], spec, resume: false);
        using var stop = new CancellationTokenSource();
        int made = 0;
        var data = TinyRun.Data with { Train = new WatchedDataset(TinyRun.Data.Train, () => _ = ++made == 8 ? stop.CancelAsync() : null) };
        using (var trainer = new Trainer(spec, data, folder))
        {
            trainer.LogEvery = 100;
            RunSummary summary = trainer.Run(stop.Token);
            Assert.Equal(RunStatus.Interrupted, summary.Status);
            Assert.Equal(summary.Steps, File.ReadLines(folder.MetricsPath).Count());
        }

        using var resumed = new Trainer(spec, TinyRun.Data, folder);
        resumed.Resume();
        resumed.Run();
        Assert.Equal(expected.Weights, Text(TinyRun.Weights(resumed.Model)));
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_run_naming_its_step_after_the_lines_before()
    {
        ExperimentSpec spec = Spec with { LearningRate = 3e38, ClipNorm = null, EvaluateEvery = 100, CheckpointEvery = 100 };
        (string Message, string Metrics) Diverge(string name, int logEvery)
        {
            RunFolder folder = RunFolder.Open(_temporary[name], spec, resume: false);
            using var trainer = new Trainer(spec, TinyRun.Data, folder);
            trainer.LogEvery = logEvery;
            string message = Assert.Throws<TrainingFailedException>(() => trainer.Run()).Message;
            Assert.False(folder.HasCheckpoint);
            return (message, TinyRun.Metrics(folder));
        }

        Assert.Equal(Diverge("each", 1), Diverge("several", 5));
    }

    [Fact]
    public void On_the_processor_every_step_is_read_and_less_than_one_is_refused()
    {
        using var trainer = new Trainer(Spec, TinyRun.Data);

        Assert.Equal(1, trainer.LogEvery);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.LogEvery = 0);
    }

    private ((string Metrics, string Weights, string Best) Result, List<StepMetrics> Steps) Train(string name, int logEvery, bool resume = false)
    {
        RunFolder folder = RunFolder.Open(_temporary[name], Spec, resume);
        using var trainer = new Trainer(Spec, TinyRun.Data, folder);
        trainer.LogEvery = logEvery;
        trainer.Resume();
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        trainer.Run();
        string best = Convert.ToHexString(File.ReadAllBytes(folder.BestWeightsPath));
        return ((TinyRun.Metrics(folder), Text(TinyRun.Weights(trainer.Model)), best), steps);
    }

    private static string Text(Dictionary<string, float[]> weights) =>
        string.Join("\n", weights.Select(entry => $"{entry.Key} {string.Join(" ", entry.Value)}"));

    private static AuxLossRnn.Sequences.DatasetSplits CountedData(out Func<int> made)
    {
        int count = 0;
        made = () => Volatile.Read(ref count);
        return TinyRun.Data with { Train = new WatchedDataset(TinyRun.Data.Train, () => Interlocked.Increment(ref count)) };
    }
}
