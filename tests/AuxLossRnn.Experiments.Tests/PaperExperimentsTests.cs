using AuxLossRnn.Data;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests;

/// <summary>What the presets say of the paper's experiments at its own budget.</summary>
public sealed class PaperExperimentsTests
{
    [Fact]
    public void Nothing_is_held_out_and_nothing_left_out()
    {
        Assert.All(Presets.Names, name =>
        {
            ExperimentSpec spec = Presets.Find(name, Budget.Paper);
            Assert.Equal((0, null, null, null), (spec.ValidationFraction, spec.TrainLimit, spec.TestLimit, spec.Steps));
            Assert.Equal((128, 128, 256), (spec.Hidden, spec.Batch, spec.FeedForwardHidden));
        });
    }

    [Theory]
    [InlineData("table2/mnist/r-lstm-truncate300", 60_000, 100 * 468, 1000 * 468)]
    [InlineData("figure5/r-lstm", 50_000, 100 * 390, 1000 * 390)] // Figure 5's axis ends at 390,000 steps
    [InlineData("figure3/40/r-lstm", 144_000, 20 * 1125, 100 * 1125)]
    public void Epochs_have_the_steps_of_the_whole_training_set(string name, int examples, int pretraining, int both)
    {
        var schedule = new TrainingSchedule(Presets.Find(name, Budget.Paper), examples);

        Assert.Equal(TrainingPhase.Pretraining, schedule.PhaseAt(pretraining - 1));
        Assert.Equal(TrainingPhase.Joint, schedule.PhaseAt(pretraining));
        Assert.Equal(pretraining + both, schedule.TotalSteps);
    }

    [Fact]
    public void Dogs_are_enlarged_to_about_150_000_images_at_the_papers_budget_alone()
    {
        string[] dogs = [.. Presets.Names.Where(name => Presets.Find(name, Budget.Paper).Dataset == "stanford-dogs")];
        Assert.Equal(8 * 5, dogs.Length);
        Assert.All(dogs, name =>
        {
            Assert.Equal((12, 20, 100), (Presets.Find(name, Budget.Paper).Variants, Presets.Find(name, Budget.Paper).PretrainEpochs, Presets.Find(name, Budget.Paper).Epochs));
            Assert.Equal(1, Presets.Find(name, Budget.Laptop).Variants);
            Assert.Equal(1, Presets.Find(name, Budget.Smoke).Variants);
        });
        Assert.Equal(StanfordDogs.PaperSides, dogs.Select(name => Presets.Find(name, Budget.Paper).Side!.Value).Distinct());
    }

    [Fact]
    public void Several_reconstructions_cost_as_many_steps_of_backpropagation_as_one()
    {
        static int Cost(ExperimentSpec spec) => spec.Anchors * (spec.Segment + spec.AuxiliaryTruncation.Steps!.Value);
        string[] grid = [.. Presets.Names.Where(name => name.StartsWith("table6/", StringComparison.Ordinal)), "figure3/128/r-lstm", "figure3/128/r-lstm-20x30"];
        Assert.Equal(8, grid.Length);
        Assert.All(grid, name => Assert.Equal(900, Cost(Presets.Find(name, Budget.Paper))));
        Assert.Equal((20, 30), (Presets.Find("table6/20x30", Budget.Paper).Anchors, Presets.Find("table6/20x30", Budget.Paper).Segment));
    }

    [Theory]
    [InlineData(Budget.Paper, 10_000)]
    [InlineData(Budget.Laptop, 2_000)]
    [InlineData(Budget.Smoke, 100)]
    public void Figure_5_measures_training_images_too_and_is_else_a_row_of_table_2(Budget budget, int examples)
    {
        foreach ((string row, string of) in new[] { ("lstm", "lstm-full"), ("r-lstm", "r-lstm-truncate300"), ("p-lstm", "p-lstm-truncate300") })
        {
            ExperimentSpec curves = Presets.Find($"figure5/{row}", budget);
            Assert.Equal(examples, curves.EvaluateTrain);
            Assert.Equal(Presets.Find($"table2/cifar10/{of}", budget), curves with { EvaluateTrain = null });
        }
    }

    [Fact]
    public void The_irnn_is_clipped_because_nothing_squashes_its_state() =>
        Assert.All(Presets.Names.Where(name => Presets.Find(name, Budget.Paper).Model == ModelName.Irnn), name =>
            Assert.Equal((1e-4, 1), (Presets.Find(name, Budget.Paper).LearningRate, Presets.Find(name, Budget.Paper).ClipNorm)));
}
