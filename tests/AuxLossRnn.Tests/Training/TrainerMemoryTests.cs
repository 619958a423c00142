using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>Training keeps nothing from step to step but weights, gradients and the optimiser's state.</summary>
[Collection(OneAtATime.Name)]
[Trait("Category", "Slow")]
public sealed class TrainerMemoryTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("rp-lstm", OptimiserKind.RmsProp, false)]
    [InlineData("rp-lstm", OptimiserKind.Adam, false)]
    [InlineData("rp-lstm", OptimiserKind.RmsProp, true)]
    [InlineData("gru", OptimiserKind.RmsProp, true)]
    [InlineData("irnn", OptimiserKind.RmsProp, false)]
    [InlineData("urnn", OptimiserKind.RmsProp, false)]
    [InlineData("urnn", OptimiserKind.Adam, true)]
    [InlineData("transformer", OptimiserKind.RmsProp, false)]
    public void Neither_steps_nor_evaluations_leave_a_tensor_behind(ModelName model, OptimiserKind optimiser, bool checkpointing)
    {
        ExperimentSpec spec = TinyRun.Of(model) with
        {
            Truncation = Truncation.Full,
            SegmentCheckpointing = checkpointing,
            Optimiser = optimiser,
            PretrainEpochs = 5,
            Epochs = 100,
            Steps = 150,
            EvaluateEvery = 50,
        };
        var steps = Watch(spec);

        Assert.All(steps, step => Assert.Equal(steps[0].Live, step.Live));
    }

    [Fact]
    public void After_500_steps_and_after_2000_memory_and_tensors_are_the_same()
    {
        ExperimentSpec spec = TinyRun.Spec with
        {
            PretrainEpochs = 0,
            Epochs = 1000,
            Steps = 2000,
            EvaluateEvery = 5000,
        };
        var steps = Watch(spec, measure: [500, 2000]);
        (long first, long last) = (steps[499].Resident, steps[1999].Resident);
        output.WriteLine($"resident after 500 steps {first / MiB} MiB, after 2,000 {last / MiB} MiB; {steps[0].Live} tensors");

        Assert.All(steps, step => Assert.Equal(steps[0].Live, step.Live));
        Assert.InRange(last - first, long.MinValue, 6 * MiB);
    }

    /// <summary>The tensors that live after each step, without the next one's batch, and the process's size where asked for.</summary>
    private static List<(long Live, long Resident)> Watch(ExperimentSpec spec, params int[] measure)
    {
        // What earlier tests forgot is not to be freed while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var steps = new List<(long, long)>();
        using var made = new SemaphoreSlim(0);
        using var trainer = new Trainer(spec, TinyRun.Data with { Train = new WatchedDataset(TinyRun.Data.Train, () => { }, () => made.Release()) });
        trainer.StepDone += step =>
        {
            // The batch of the next step is made meanwhile: it counts only when it is there.
            bool last = step.Step == spec.Steps;
            Assert.True(step.Step > 1 || made.Wait(Limit));
            Assert.True(last || made.Wait(Limit));
            if (measure.Contains(step.Step))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            steps.Add((Tensor.TotalCount - (last ? 0 : 4), measure.Contains(step.Step) ? Environment.WorkingSet : 0));
        };
        trainer.Run();
        return steps;
    }
}
