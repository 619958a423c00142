using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Training;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Plugins;

/// <summary>A run goes on with the losses that it was begun with, and with no others.</summary>
[Collection(OneAtATime.Name)]
public sealed class LossesOfARunTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with { Model = "r+ink-lstm" };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    public static TheoryData<string, LossPart> Others { get; } = new()
    {
        { "ink (weight 0.5 and 0.2 in pretraining, phases: both)", InkLoss.Part with { Weight = 0.5 } },
        { "ink (weight 0.3 and 1 in pretraining, phases: both)", InkLoss.Part with { PretrainingWeight = 1 } },
        { "ink (weight 0.3 and 0.2 in pretraining, phases: joint)", InkLoss.Part with { Phases = LossPhases.Joint } },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_weight_or_phase_is_refused_with_both(string there, LossPart ink)
    {
        RunFolder folder = Begin("run");
        byte[] before = File.ReadAllBytes(folder.LossesPath);
        string message = Assert.Throws<UserException>(() => GoOn("run", Spec, ink)).Message;

        Assert.StartsWith(
            $"{folder.Path} holds a run that was trained with the losses reconstruction (weight 1 and 1 in pretraining, phases: both), "
            + "ink (weight 0.3 and 0.2 in pretraining, phases: both), which cannot go on with the losses reconstruction (weight 1 and 1 in "
            + $"pretraining, phases: both), {there}.",
            message);
        Assert.EndsWith("Give the same losses, or another folder.", message);
        Assert.Equal(before, File.ReadAllBytes(folder.LossesPath));
    }

    [Fact]
    public void Other_names_are_refused_with_both()
    {
        Begin("run");

        // The spec names the losses, and says so first.
        Assert.Contains(
            "Model is r+ink-lstm there and r-lstm here", Assert.Throws<UserException>(() => GoOn("run", Spec with { Model = "r-lstm" })).Message,
            StringComparison.Ordinal);

        // And so does the folder itself, if it is asked.
        RunFolder folder = RunFolder.Read(_temporary["run"]).Folder;
        string message = Assert.Throws<UserException>(() => folder.RefuseOtherLosses([InkLoss.Part with { Name = "tint" }])).Message;
        Assert.Contains("ink (weight 0.3", message, StringComparison.Ordinal);
        Assert.Contains("cannot go on with the losses tint (weight 0.3", message, StringComparison.Ordinal);
        Assert.Contains("cannot go on with no auxiliary loss", Assert.Throws<UserException>(() => folder.RefuseOtherLosses([])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rp-lstm")]
    [InlineData("lstm")]
    public void A_run_of_before_there_was_a_list_of_losses_goes_on_to_the_same_bits(string model)
    {
        ExperimentSpec spec = TinyRun.Spec with { Model = model };
        RunFolder whole = RunFolder.Open(_temporary["whole"], spec, resume: false);
        using (var trainer = new Trainer(spec, TinyRun.Data, whole))
        {
            trainer.Run();
        }

        RunFolder older = RunFolder.Open(_temporary["older"], spec, resume: false);
        Stopped(spec, older, null);
        Assert.Equal(model != "lstm", File.Exists(older.LossesPath));
        File.Delete(older.LossesPath);
        using (var trainer = new Trainer(spec, TinyRun.Data, RunFolder.Open(older.Path, spec, resume: true)))
        {
            trainer.Run();
        }

        TrainerResumeTests.AssertEqual(whole, older);
        Assert.Equal(File.Exists(whole.LossesPath), File.Exists(older.LossesPath));
    }

    private RunFolder Begin(string name)
    {
        RunFolder folder = RunFolder.Open(_temporary[name], Spec, resume: false);
        Stopped(Spec, folder, ModelParts.Of(Spec, null, InkLoss.Part));
        return folder;
    }

    private void GoOn(string name, ExperimentSpec spec, params LossPart[] losses)
    {
        using var trainer = new Trainer(spec, TinyRun.Data, RunFolder.Open(_temporary[name], spec, resume: true), parts: ModelParts.Of(spec, null, losses));
        trainer.Run();
    }

    private static void Stopped(ExperimentSpec spec, RunFolder folder, ModelParts? parts)
    {
        using var trainer = new Trainer(spec, TinyRun.Data, folder, parts: parts);
        using var stop = new CancellationTokenSource();
        trainer.StepDone += step => _ = step.Step == 5 ? stop.CancelAsync() : null;
        Assert.Equal(RunStatus.Interrupted, trainer.Run(stop.Token).Status);
    }
}
