using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Kernels;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

/// <summary>Full backpropagation segment by segment: the same gradients in less memory.</summary>
[Collection(OneAtATime.Name)]
public sealed class SegmentCheckpointsTests
{
    public static TheoryData<ModelName, int> Cases { get; } = new(
        from kind in LossesByName.All
        where kind != ModelName.Transformer
        from steps in new[] { 5, 9, 16, 17 }
        select (kind, steps));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_and_gradients_are_those_of_full_backpropagation(ModelName kind, int steps) => AreEqual(kind, steps, null);

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_they_are_where_lengths_differ_within_and_at_the_ends_of_segments(ModelName kind, int steps) =>
        AreEqual(kind, steps, [steps - 1, 0, steps, 1, SegmentCheckpoints.LengthFor(steps), SegmentCheckpoints.LengthFor(steps) + 1, steps]);

    private static void AreEqual(ModelName kind, int steps, int[]? lengths)
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = kind, Hidden = 4, Encoding = InputEncoding.Linear, Anchors = 2 };
        var (losses, expected) = Run(spec);
        var (found, gradients) = Run(spec with { SegmentCheckpointing = true });

        Assert.Equal(losses, found, 1e-12);
        Assert.Contains(expected["encoder.input.weight"], value => Math.Abs(value) > 1e-9);
        Assert.All(expected, entry => Assert.All(
            entry.Value.Zip(gradients[entry.Key]), pair => Assert.Equal(pair.First, pair.Second, 1e-12)));

        (double Loss, Dictionary<string, double[]> Gradients) Run(ExperimentSpec one)
        {
            using TinyCase tiny = new TinyCase(one, steps, lengths?.Length ?? 3, 1, lengths: lengths).Draw();
            (BatchLosses sum, var all) = tiny.Run();
            Assert.Equal(one.SegmentCheckpointing, sum.Checkpoints is not null);
            return (sum.Supervised!.item<double>() + (sum.AuxiliarySum?.item<double>() ?? 0), all);
        }
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("r-lstm")]
    [InlineData("urnn")]
    public void A_trainer_takes_the_same_steps(ModelName kind)
    {
        ExperimentSpec spec = TinyRun.Of(kind) with { Truncation = Truncation.Full, AuxiliaryTruncation = Truncation.Full };
        List<StepMetrics> expected = Train(spec), found = Train(spec with { SegmentCheckpointing = true });

        Assert.Equal(expected.Count, found.Count);
        Assert.All(expected.Zip(found), pair =>
        {
            Assert.Equal(pair.First.LossSupervised ?? 0, pair.Second.LossSupervised ?? 0, 1e-3);
            Assert.Equal(pair.First.GradientNorm, pair.Second.GradientNorm, 1e-2 * pair.First.GradientNorm);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_024)]
    [InlineData(4_097)]
    [InlineData(16_384)]
    public void At_no_time_are_more_than_two_roots_of_T_steps_kept(int steps)
    {
        // The states kept, and the steps whose graph there is at one time.
        (int states, int graph) = (0, 0);
        var checkpoints = new SegmentCheckpoints(SegmentCheckpoints.LengthFor(steps), (_, count, state) =>
        {
            (states, graph) = is_grad_enabled() ? (states, Math.Max(graph, count)) : (states + 1, graph);
            return new EncoderState(state[0] * 0.5); // [1, 1, 1]
        });
        using var scope = NewDisposeScope();
        EncoderState last = checkpoints.Read(0, steps, new EncoderState(ones(1, 1, 1).requires_grad_()));
        long live = Tensor.TotalCount;
        last[0].sum().backward();
        checkpoints.Backward();

        Assert.Equal(checkpoints.Count, states);
        Assert.InRange(states + graph, 2, 2 * Math.Ceiling(Math.Sqrt(steps)));
        Assert.InRange(Tensor.TotalCount - live, 0, 4);
    }

    [Fact]
    public void An_lstms_record_shrinks_from_T_steps_to_the_root_of_T()
    {
        Kernel.Require();
        const int steps = 1_024;
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.Lstm, Hidden = 32 };
        using var tiny = new TinyCase(spec, steps, 16, 1);
        using var scope = NewDisposeScope();
        long most = 0;
        EncoderState Read(int from, int count, EncoderState state)
        {
            EncoderState after = tiny.Model.Encoder.Read(
                tiny.Batch.Inputs.narrow(0, from, count), tiny.Batch.Tokens.narrow(0, from, count), state, ReadResult.State).State;
            most = Math.Max(most, KernelMemory.Bytes.Used);
            return after;
        }

        EncoderState start = tiny.Model.Encoder.InitialState(16);
        Read(0, steps, start)[0].sum().backward();
        (long whole, most) = (most, 0);
        var checkpoints = new SegmentCheckpoints(SegmentCheckpoints.LengthFor(steps), Read);
        checkpoints.Read(0, steps, start)[0].sum().backward();
        checkpoints.Backward();

        // A thirty-second part, and at most twice that, as blocks are used again.
        Assert.InRange(most, 1, whole / 14);
    }

    private static List<StepMetrics> Train(ExperimentSpec spec)
    {
        using var trainer = new Trainer(spec, TinyRun.Data);
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        trainer.Run();
        return steps;
    }
}
