using AuxLossRnn.Experiments;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Cli.Tests;

public sealed class PublishedNumberTests
{
    private const string Full = "table2/mnist/lstm-full";
    private const string Reconstructing = "table2/mnist/r-lstm-truncate300";

    public static TheoryData<string, string, Budget, Func<ExperimentSpec, ExperimentSpec>> SameExperiments { get; } = new()
    {
        { Full, "LSTM Full BP: 98.3 %", Budget.Paper, spec => spec },
        { Full, "LSTM Full BP: 98.3 %", Budget.Smoke, spec => spec with { Seed = 5, Steps = 3, Epochs = 9 } },
        { Full, "LSTM Full BP: 98.3 %", Budget.Laptop, spec => spec with { EvaluateEvery = 7, CheckpointEvery = 9 } },
        { Full, "LSTM Full BP: 98.3 %", Budget.Laptop, spec => spec with { TrainLimit = 1_000, TestLimit = null, SegmentCheckpointing = true } },

        { Full, "LSTM Full BP: 98.3 %", Budget.Paper, spec => spec with { EvaluateTrain = 100, ValidationFraction = 0.08 } },

        // An LSTM alone has no auxiliary loss to weigh.
        { Full, "LSTM Full BP: 98.3 %", Budget.Laptop, spec => spec with { AuxiliaryWeight = 0, Segment = 10, PretrainEpochs = 0 } },
        { Reconstructing, "r-LSTM Truncate300: 96.4 %", Budget.Laptop, spec => spec with { PretrainEpochs = 2 } },
    };

    public static TheoryData<string, string, Func<ExperimentSpec, ExperimentSpec>> OtherExperiments { get; } = new()
    {
        { Full, "--dataset", spec => spec with { Dataset = "cifar10" } },
        { Full, "--truncation", spec => spec with { Truncation = Truncation.Last(1) } },
        { Full, "--model", spec => spec with { Model = ModelName.Gru } },
        { Full, "--model, --learning-rate, --clip-norm", spec => spec.WithModel(ModelName.Irnn) },
        { Full, "--side, --hidden", spec => spec with { Side = 28, Hidden = 9, Seed = 3 } },
        { "figure4/r-lstm/none", "--truncation", spec => spec with { Truncation = Truncation.Full } },
        { Reconstructing, "--aux-weight", spec => spec with { AuxiliaryWeight = 0 } },
        { Reconstructing, "--pretrain-epochs", spec => spec with { PretrainEpochs = 0 } },
    };

    [Theory]
    [MemberData(nameof(SameExperiments))]
    public void A_longer_a_shorter_and_a_repeated_run_have_the_papers_number_beside_them(
        string preset, string number, Budget budget, Func<ExperimentSpec, ExperimentSpec> change)
    {
        ExperimentSpec planned = Presets.Find(preset, budget);

        Assert.StartsWith($"The paper's {number} at the paper's budget", PublishedNumber.Sentence(preset, planned, change(planned)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherExperiments))]
    public void Another_experiment_has_no_number_and_names_what_makes_it_one(
        string preset, string options, Func<ExperimentSpec, ExperimentSpec> change)
    {
        foreach (Budget budget in Enum.GetValues<Budget>())
        {
            ExperimentSpec planned = Presets.Find(preset, budget);

            // Overnight every model is clipped as the IRNN is.
            string changed = budget == Budget.Overnight ? options.Replace(", --clip-norm", "", StringComparison.Ordinal) : options;
            Assert.Equal(
                $"The paper's number for {preset} is not shown: with {changed} changed, the run is another experiment.",
                PublishedNumber.Sentence(preset, planned, change(planned)));
        }
    }

    [Fact]
    public void Where_the_paper_has_no_number_nothing_is_said()
    {
        ExperimentSpec planned = Presets.Find("table4/lstm-full", Budget.Smoke);

        Assert.Null(PublishedNumber.Sentence("table4/lstm-full", planned, planned));
        Assert.Null(PublishedNumber.Sentence("table4/lstm-full", planned, planned with { Hidden = 3 }));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void A_preset_on_another_dataset_ends_without_the_papers_number()
    {
        using var folder = new TemporaryFolder();

        string output = AuxLoss.RunIn(
            folder.Path, "train", "--preset", Full, "--budget", "smoke", "--dataset", "stroke-digits", "--steps", "3", "--threads", "1").ShouldExitWith(0).Output;

        Assert.DoesNotContain("98.3", output, StringComparison.Ordinal);
        Assert.EndsWith(
            $"The paper's number for {Full} is not shown: with --dataset changed, the run is another experiment.", output.TrimEnd(), StringComparison.Ordinal);
    }
}
