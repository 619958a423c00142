using System.Diagnostics;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Training;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Plugins;

/// <summary>An encoder and a loss of a reader's own, in all that the trainer does.</summary>
[Collection(OneAtATime.Name)]
public sealed class StrangerTests : IDisposable
{
    private static readonly ExperimentSpec Tiny = TinyCase.TinySpec with { Model = "r+ink-mgu", AuxiliaryHidden = 6, Anchors = 2 };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public void A_process_killed_at_random_moments_ends_with_the_bits_of_a_run_that_was_left_alone()
    {
        Assert.Equal(0, StrangerRun.Train(_temporary["whole"]));
        (RunFolder whole, _) = RunFolder.Read(_temporary["whole"]);
        int part = File.ReadAllLines(whole.MetricsPath).Length / 6;
        var random = new Random(2018);
        int killed = 0;
        for (int kill = 0; kill < 5; kill++)
        {
            // Each kill has a part of the run to itself, so that each process gets further than the one before.
            using ChildProcess child = Start();
            child.WaitForLines(_temporary["killed/metrics.jsonl"], kill * part + random.Next(1, part + 1));
            Thread.Sleep(random.Next(5));
            child.Kill();
            CommandResult ended = child.Wait();
            killed += ended.ExitCode == 0 ? 0 : 1;
            Assert.True(ended.ExitCode is 0 or 137 || OperatingSystem.IsWindows(), $"{ended}");
        }

        Assert.True(killed > 2, $"Only {killed} processes could be killed.");
        using ChildProcess last = Start();
        last.Wait().ShouldExitWith(0);

        TrainerResumeTests.AssertEqual(whole, RunFolder.Read(_temporary["killed"]).Folder);
    }

    [Fact]
    public void Each_loss_has_its_line_its_weights_and_its_part_of_what_is_minimised()
    {
        RunFolder folder = RunFolder.Open(_temporary["run"], StrangerRun.Spec, resume: false);
        using var trainer = new Trainer(StrangerRun.Spec, TinyRun.Data, folder, parts: StrangerRun.Parts);
        Dictionary<string, float[]> before = TinyRun.Weights(trainer.Model);
        trainer.Run();

        Assert.Equal(150, ((InkLoss)trainer.Model.Named("ink").Loss).Seen);
        Assert.Equal(["ink.bias", "ink.weight"], before.Keys.Where(name => name.StartsWith("ink", StringComparison.Ordinal)).Order());
        Assert.All(TinyRun.Weights(trainer.Model), weight => Assert.NotEqual(before[weight.Key], weight.Value));
        Assert.All(folder.Steps(), step =>
        {
            Assert.Equal(["reconstruction", "ink"], step.Losses!.Keys);
            Assert.Equal(step.LossAuxiliary!.Value, step.Losses.Values.Sum(), 1e-5);
        });

        // It fades, and it is learnt.
        double[] ink = [.. folder.Steps().Select(step => step.Losses!["ink"])];
        Assert.True(ink[^20..].Average() < 0.55 * ink[..20].Average(), $"{ink[..20].Average()} became {ink[^20..].Average()}");
    }

    [Theory]
    [InlineData(new[] { 9, 9, 9 })]
    [InlineData(new[] { 9, 4, 7 })]
    public void Segment_by_segment_the_gradients_of_a_state_of_odd_shape_are_those_of_full_backpropagation(int[] lengths)
    {
        var (loss, expected) = Run(Tiny, lengths);
        var (found, gradients) = Run(Tiny with { SegmentCheckpointing = true }, lengths);

        Assert.Equal(loss, found, 1e-12);
        Assert.Contains(expected["encoder.trace.weight"], value => Math.Abs(value) > 1e-9);
        Assert.All(expected, entry => Assert.All(entry.Value.Zip(gradients[entry.Key]), pair => Assert.Equal(pair.First, pair.Second, 1e-12)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void The_loss_is_what_its_states_read_by_hand_come_to_and_its_gradient_stops_at_its_window(int anchor)
    {
        using var tiny = new TinyCase(Tiny, 9, 2, 1, parts: Parts(Tiny));
        ModelLoss ink = tiny.Model.Named("ink");
        Segment[] segments = [new(1, anchor, 0)];
        BatchLosses losses = new GradientRoutes(Tiny, tiny.Model).Losses(tiny.Batch, false, [(ink, segments)], null);
        losses.Backward(losses.AuxiliarySum!);
        double value = losses.AuxiliarySum!.item<double>();
        Dictionary<string, double[]> gradients = Gradients(tiny.Model);

        tiny.Model.zero_grad();
        SequenceBatch batch = tiny.Batch;
        EncoderState state = tiny.Model.Encoder.InitialState(2);
        for (int t = 0; t < anchor; t++)
        {
            state = t == anchor - 3 ? state.Detach() : state;
            state = tiny.Model.Encoder.Read(batch.Inputs.narrow(0, t, 1), batch.Tokens.narrow(0, t, 1), state, ReadResult.State).State;
        }

        ink.Loss.RestoreState("0");
        Tensor expected = ink.Loss.Compute(batch, segments, new MainStates(tiny.Model.Encoder, state.Rows(tensor(new[] { 1L })), null), null); // []
        expected.backward();
        Assert.Equal(expected.item<double>(), value, 1e-12);
        Assert.All(Gradients(tiny.Model), entry => Assert.All(entry.Value.Zip(gradients[entry.Key]), pair => Assert.Equal(pair.First, pair.Second, 1e-12)));
    }

    [Fact]
    public void Two_listeners_hear_every_step_and_every_evaluation()
    {
        using var trainer = new Trainer(TinyRun.Spec, TinyRun.Data);
        List<StepMetrics> first = [], second = [];
        List<EvaluationMetrics> firstEvaluations = [], secondEvaluations = [];
        trainer.StepDone += first.Add;
        trainer.StepDone += second.Add;
        trainer.Evaluated += firstEvaluations.Add;
        trainer.Evaluated += secondEvaluations.Add;
        trainer.Run();

        Assert.Equal(Enumerable.Range(1, 12), first.Select(step => step.Step));
        Assert.Equal(first, second);
        Assert.Equal([8, 8, 10, 10, 12, 12], firstEvaluations.Select(evaluation => evaluation.Step)); // on two splits, after pretraining
        Assert.Equal(firstEvaluations, secondEvaluations);
    }

    private static ModelParts Parts(ExperimentSpec spec) => ModelParts.Of(spec, MguEncoder.Part, InkLoss.Part);

    private static (double Loss, Dictionary<string, double[]> Gradients) Run(ExperimentSpec spec, int[] lengths)
    {
        using var tiny = new TinyCase(spec, 9, lengths.Length, 1, lengths: lengths, parts: Parts(spec));
        var routes = new GradientRoutes(spec, tiny.Model);
        BatchLosses losses = routes.Losses(tiny.Batch, true, routes.Draw(tiny.Batch, TrainingPhase.Joint, 4), null);
        Tensor total = losses.Total(TrainingPhase.Joint)!;
        losses.Backward(total);
        return (total.item<double>(), Gradients(tiny.Model));
    }

    private static Dictionary<string, double[]> Gradients(nn.Module model) => model.named_parameters().ToDictionary(
        entry => entry.name,
        entry => entry.parameter.grad is Tensor gradient ? gradient.data<double>().ToArray() : new double[entry.parameter.numel()]);

    private ChildProcess Start() => new(new ProcessStartInfo(ChildProcess.Beside("AuxLossRnn.Tests"), [StrangerRun.Argument, _temporary["killed"]]));
}
