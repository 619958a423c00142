using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;

namespace AuxLossRnn.Tests.Specs;

[Collection(OneAtATime.Name)]
public sealed class UnusedSettingsTests
{
    private static readonly ExperimentSpec Other = new()
    {
        AuxiliaryTruncation = Truncation.None,
        SegmentTruncation = SegmentTruncation.Chunked,
        Anchors = 3,
        Segment = 2,
        AnchorSchedule = AnchorSchedule.OncePerRun,
        SegmentPlacement = SegmentPlacement.Adjacent,
        DecoderInputs = DecoderInputs.FirstOnly,
        DecoderStart = DecoderStart.Linear,
        TokenLoss = TokenLoss.CrossEntropy,
        AuxiliaryHidden = 16,
        SharedAuxiliaryNetwork = false,
        AuxiliaryWeight = 0.5,
        PretrainEpochs = 0,
        Initialisation = Initialisation.Orthogonal,
        ForgetBias = 2,
        ChronoSteps = 784,
        UnlabelledShare = 0.5,
    };

    public static TheoryData<ModelName> Kinds { get; } = [.. LossesByName.All];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Another_value_of_an_unused_setting_changes_no_step(ModelName kind)
    {
        ExperimentSpec spec = TinyRun.Of(kind);
        IReadOnlyList<string> unused = UnusedSettings.Of(spec);
        ExperimentSpec other = spec with { };
        foreach (string name in unused)
        {
            var property = typeof(ExperimentSpec).GetProperty(name)!;
            property.SetValue(other, property.GetValue(Other));
        }

        Assert.Equal(unused.Order(), SpecTable.Differences(other, spec).Select(difference => difference.Name).Order());
        Assert.Equal(Losses(spec), Losses(other));
    }

    [Theory]
    [InlineData("rp-lstm", 0)]
    [InlineData("r-lstm", 0)]
    [InlineData("p-lstm", 3)]
    [InlineData("lstm", 14)]
    [InlineData("gru", 17)]
    [InlineData("transformer", 17)]
    [InlineData("r-gru", 1)]
    [InlineData("p-urnn", 4)]
    public void A_model_without_a_part_has_no_use_for_that_parts_settings(ModelName kind, int count) =>
        Assert.Equal(count, UnusedSettings.Of(new ExperimentSpec { Model = kind }).Count);

    private static List<(double?, double?, double)> Losses(ExperimentSpec spec)
    {
        using var trainer = new Trainer(spec, TinyRun.Data);
        var losses = new List<(double?, double?, double)>();
        trainer.StepDone += step => losses.Add((step.LossSupervised, step.LossAuxiliary, step.GradientNorm));
        trainer.Run();
        Assert.NotEmpty(losses);
        return losses;
    }
}
