using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Plugins;

/// <summary>Two reconstructions with settings of their own in one run.</summary>
[Collection(OneAtATime.Name)]
public sealed class TwoOfOneKindTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with { Model = "near+far-lstm" };
    private static readonly ExperimentSpec Near = Spec with { Segment = 2, AuxiliaryTruncation = Truncation.Last(2), AuxiliaryHidden = 5 };
    private static readonly ExperimentSpec Far = Spec with { Segment = 6, AuxiliaryTruncation = Truncation.Full, Anchors = 2 };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Each_has_weights_segments_phase_weight_and_line_of_its_own()
    {
        RunFolder folder = RunFolder.Open(_temporary["run"], Spec, resume: false);
        using var trainer = new Trainer(Spec, TinyRun.Data, folder, parts: OneAPhase());
        var weights = new Dictionary<string, float[]>[3];
        weights[0] = TinyRun.Weights(trainer.Model);
        trainer.StepDone += step => weights[step.Step <= 6 ? 1 : 2] = TinyRun.Weights(trainer.Model);
        trainer.Run();

        Assert.Equal(Names("reconstruction", trainer.Model, "near"), Names("reconstruction", trainer.Model, "far"));
        Assert.Equal(5 * 4, weights[0]["near.lstm.weight_hh_l0"].Length / 5);
        Assert.Equal(4 * 4, weights[0]["far.lstm.weight_hh_l0"].Length / 4);
        Assert.All(folder.Steps(), step => Assert.Equal(step.Phase == TrainingPhase.Pretraining ? ["near"] : new[] { "far" }, step.Losses!.Keys));
        Assert.All(folder.Steps(), step => Assert.Equal(step.LossAuxiliary!.Value, step.Losses!.Values.Single()));
        Assert.Contains("\"losses\":{\"near\":", File.ReadAllLines(folder.MetricsPath)[0]);
        Assert.Equal([true, false], Moved("near"));
        Assert.Equal([false, true], Moved("far"));

        // In pretraining, in joint training.
        bool[] Moved(string loss) => [.. new[] { 0, 1 }.Select(phase =>
        {
            string name = $"{loss}.output.weight";
            return !weights[phase][name].SequenceEqual(weights[phase + 1][name]);
        })];
    }

    [Fact]
    public void What_is_minimised_has_each_at_its_weight_of_the_phase()
    {
        using var tiny = new TinyCase(Spec, 12, 3, 1, parts: OneAPhase());
        var routes = new GradientRoutes(Spec, tiny.Model);
        BatchLosses pretraining = Losses(TrainingPhase.Pretraining), joint = Losses(TrainingPhase.Joint);

        Assert.Equal(["near"], pretraining.Auxiliary.Select(one => one.Of.Name));
        Assert.Equal(["far"], joint.Auxiliary.Select(one => one.Of.Name));
        Assert.Equal(2 * Value(pretraining.Of("near")), Value(pretraining.Total(TrainingPhase.Pretraining)), 1e-12);
        Assert.Equal(Value(joint.Supervised) + 0.25 * Value(joint.Of("far")), Value(joint.Total(TrainingPhase.Joint)), 1e-12);

        static double Value(Tensor? loss) => loss!.item<double>();
        BatchLosses Losses(TrainingPhase phase) =>
            routes.Losses(tiny.Batch, phase == TrainingPhase.Joint, routes.Draw(tiny.Batch, phase, 0), null);
    }

    [Fact]
    public void Their_segments_come_from_streams_of_their_own_and_both_kinds_of_the_kit_from_the_same_places()
    {
        using var two = new AuxiliaryLossModel(Spec, 1, 2, parts: ModelParts.Of(Spec, null, Reconstruction(Far, "near"), Reconstruction(Far, "far")));
        using var kits = new AuxiliaryLossModel(Far with { Model = ModelName.RpLstm }, 1, 2);
        using var alone = new AuxiliaryLossModel(Far with { Model = ModelName.RLstm }, 1, 2);
        IReadOnlyList<Segment> Draw(AuxiliaryLossModel model, int loss, int step = 7) => model.Losses[loss].Loss.Draw([100], step);
        SegmentSampler Sampler(int position) =>
            new(2, 6, Far.AnchorSchedule, Far.SegmentPlacement, new LossRandom(Far.Seed, position));

        int[] between = [.. Enumerable.Range(0, 200).Select(step => Draw(two, 0, step)[0].Anchor - Draw(two, 1, step)[0].Anchor)];
        Assert.True(between.Distinct().Count() > 50);
        Assert.Equal(Draw(two, 0), Draw(kits, 0));
        Assert.Equal(Draw(alone, 0), Draw(kits, 0));
        Assert.Equal(Sampler(0).BeforeAnchors(100, 1, 7), Draw(two, 0));
        Assert.Equal(Sampler(1).BeforeAnchors(100, 1, 7), Draw(two, 1));
        Assert.Equal(Sampler(1).AfterAnchors(100, 1, 7), Draw(kits, 1));
    }

    [Theory]
    [InlineData("near")]
    [InlineData("far")]
    public void Each_alone_has_the_gradient_of_the_kits_loss_with_its_settings(string name)
    {
        ExperimentSpec own = name == "near" ? Near : Far;
        using var two = new TinyCase(Spec with { DropRate = 0 }, 12, 3, 1, parts: ModelParts.Of(Spec, null, Reconstruction(Near, "near"), Reconstruction(Far, "far")));
        using var kits = new TinyCase(own with { DropRate = 0, Model = ModelName.RLstm }, 12, 3, 1);
        using (no_grad())
        {
            var weights = two.Model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
            foreach ((string kit, var weight) in kits.Model.named_parameters())
            {
                weight.copy_(weights[kit.Replace("reconstruction", name, StringComparison.Ordinal)]);
            }
        }

        ModelLoss loss = two.Model.Named(name);
        IReadOnlyList<Segment> segments = loss.Loss.Draw(two.Batch.OwnLengths, 3);
        BatchLosses found = new GradientRoutes(Spec, two.Model).Losses(two.Batch, false, [(loss, segments)], null);
        found.Backward(found.AuxiliarySum!);
        (BatchLosses losses, var expected) = kits.With([.. segments], []).Run(supervised: false);

        Assert.Equal(own.Anchors * 3, segments.Count);
        Assert.Equal(losses.Reconstruction!.item<double>(), found.AuxiliarySum!.item<double>());
        foreach ((string full, var weight) in two.Model.named_parameters())
        {
            string kit = full.Replace($"{name}.", "reconstruction.", StringComparison.Ordinal);
            Assert.Equal(expected.GetValueOrDefault(kit) ?? new double[weight.numel()], weight.grad?.data<double>().ToArray() ?? new double[weight.numel()]);
        }

        Assert.Contains(expected["encoder.lstm.weight_hh_l0"], value => value != 0);
    }

    private static LossPart Reconstruction(ExperimentSpec spec, string name) => ModelParts.Reconstruction(spec, name);

    private static ModelParts OneAPhase() => ModelParts.Of(
        Spec, null,
        Reconstruction(Near, "near") with { PretrainingWeight = 2, Weight = 0.5, Phases = LossPhases.Pretraining },
        Reconstruction(Far, "far") with { Weight = 0.25, Phases = LossPhases.Joint });

    private static IEnumerable<string> Names(string kit, AuxiliaryLossModel model, string loss) =>
        model.named_parameters().Select(entry => entry.name).Where(name => name.StartsWith($"{loss}.", StringComparison.Ordinal))
            .Select(name => name.Replace($"{loss}.", $"{kit}.", StringComparison.Ordinal)).Order();
}
