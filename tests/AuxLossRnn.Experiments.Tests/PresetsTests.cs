using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests;

[Collection(OneAtATime.Name)]
public sealed class PresetsTests
{
    public static TheoryData<string, Budget> All { get; } =
        new(from name in Presets.Names from budget in Enum.GetValues<Budget>() select (name, budget));

    public static TheoryData<string, Budget> OfCharacters { get; } = new(
        from name in Presets.Names
        from budget in Enum.GetValues<Budget>()
        where Presets.Find(name, budget).Dataset == Dbpedia.Name
        select (name, budget));

    [Fact]
    public void Every_table_and_figure_whose_subject_is_known_is_there()
    {
        var counts = Presets.Names.GroupBy(name => name.Split('/')[0]).ToDictionary(group => group.Key, group => group.Count());

        // Table 2: three datasets by six LSTMs, two by IRNN and uRNN. Table 3: three datasets. Figure 3: eight sides by five. Figure 4: two models by six truncations, and the full LSTM.
        Assert.Equal(3 * 6 + 2 * 2, counts["table2"]);
        Assert.Equal(3, counts["table3"]);
        Assert.Equal(8 * 5, counts["figure3"]);
        Assert.Equal(2 * 6 + 1, counts["figure4"]);
        Assert.Equal(3, counts["figure5"]);
        Assert.Equal(6, counts["table4"]);
        Assert.Equal(6, counts["table6"]);
        Assert.Equal(8, counts["figure6"]);
    }

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Category", "Slow")]
    public void Every_preset_builds_and_takes_a_step_at_every_budget(string name, Budget budget)
    {
        ExperimentSpec spec = Presets.Find(name, budget);
        Train(spec, run: budget == Budget.Smoke);
        if (budget != Budget.Smoke)
        {
            // A step of all losses, on two examples and at most 26² steps: a window of 300 and a segment of 600 still fit.
            List<StepMetrics> steps = Train(
                spec with { Batch = 2, PretrainEpochs = 0, Side = spec.Dataset == "stanford-dogs" ? Math.Min(spec.Side!.Value, 26) : spec.Side }, run: true);
            StepMetrics step = Assert.Single(steps);
            Assert.Equal((true, spec.HasAuxiliaryLoss), (step.LossSupervised is not null, step.LossAuxiliary is not null));
            Assert.True(step.GradientNorm > 0);
        }
    }

    [Theory]
    [MemberData(nameof(OfCharacters))]
    [Trait("Category", "Slow")]
    public void The_presets_of_characters_take_a_step_on_texts_of_differing_lengths(string name, Budget budget)
    {
        ExperimentSpec spec = Presets.Find(name, budget) with { Batch = 8, PretrainEpochs = 0, Steps = 1, ValidationFraction = 0, TestLimit = 2 };
        // Texts of 3 to about 500 characters: some are shorter than a segment, some longer than a text may be.
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["dbpedia"]);
        string rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{1 + i % 14},\"T\",\"{new string((char)('a' + i % 26), 1 + i * 13)}\"\n"));
        File.WriteAllText(folder["dbpedia/train.csv"], rows);
        File.WriteAllText(folder["dbpedia/test.csv"], rows);
        DatasetSplits data = DatasetCatalog.Open(spec.DatasetRequest(), new DataRoot(folder.Path));
        SpecCheck.Throw(spec, data.Train);
        int[] lengths = [.. Enumerable.Range(0, data.Train.Count).Select(data.Train.Length)];
        Assert.Equal((3, spec.MaxLength), (lengths.Min(), lengths.Max()));

        using var trainer = new Trainer(spec, data);
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        trainer.Run();

        StepMetrics step = Assert.Single(steps);
        Assert.Equal((true, spec.HasAuxiliaryLoss), (step.LossSupervised is not null, step.LossAuxiliary is not null));
        Assert.True(step.GradientNorm > 0);
    }

    [Theory]
    [InlineData("figure4/r-lstm/50", Budget.Laptop, 256, "12", 150)]
    [InlineData("figure4/r-lstm/none", Budget.Laptop, 256, "none", 150)]
    [InlineData("figure3/128/r-lstm-20x30", Budget.Paper, 16384, "300", 30)]
    [InlineData("figure3/128/r-lstm-20x30", Budget.Laptop, 1024, "19", 2)]
    [InlineData("table4/r-lstm-truncate100", Budget.Paper, 400, "100", 100)]
    [InlineData("table4/r-lstm-truncate100", Budget.Laptop, 200, "50", 50)]
    [InlineData("table4/r-lstm-truncate100", Budget.Smoke, 50, "12", 12)]
    [InlineData("table6/4x150", Budget.Paper, 1024, "300", 150)]
    public void A_point_of_a_figure_has_its_lengths(string name, Budget budget, int steps, string truncation, int segment)
    {
        ExperimentSpec spec = Presets.Find(name, budget);

        Assert.Equal((steps, segment), (StandIn.For(spec).Steps, spec.Segment));
        Assert.Equal(Truncation.Parse(truncation), spec.Truncation);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Pixels_have_a_squared_error_and_characters_a_cross_entropy(string name, Budget budget)
    {
        ExperimentSpec spec = Presets.Find(name, budget);

        bool crossEntropy = spec.Dataset == Dbpedia.Name || name == "figure6/cross-entropy";
        Assert.Equal(crossEntropy ? TokenLoss.CrossEntropy : TokenLoss.SquaredError, spec.TokenLoss);
    }

    [Fact]
    public void Figure_6_has_the_other_token_loss_beside_the_whole() =>
        Assert.Equal(["TokenLoss"], SpecTable.Differences(Presets.Find("figure6/cross-entropy", Budget.Paper), Presets.Find("figure6/whole", Budget.Paper)).Select(one => one.Name));

    [Theory]
    [InlineData("table2/mnist/irnn", "irnn")]
    [InlineData("table2/mnist/urnn", "urnn")]
    [InlineData("table3/mnist/transformer", "transformer")]
    [InlineData("table2/mnist/lstm-full", "lstm")]
    public void Another_model_brings_what_its_presets_have(string preset, ModelName kind)
    {
        ExperimentSpec published = Presets.Find(preset, Budget.Paper);
        ExperimentSpec spec = new ExperimentSpec { Dataset = "mnist" }.WithModel(kind);

        // Recurrent models can be truncated: that is for the reader to say.
        Truncation truncation = kind == ModelName.Transformer ? spec.Truncation : published.Truncation;
        Assert.Equal(published with { CheckpointEvery = null, ValidationFraction = spec.ValidationFraction }, spec with { Truncation = truncation });
    }

    [Theory]
    [InlineData("lstm-full", "lstm", "full")]
    [InlineData("lstm-truncate300", "lstm", "300")]
    [InlineData("r-lstm-truncate300", "r-lstm", "300")]
    [InlineData("p-lstm-truncate300", "p-lstm", "300")]
    [InlineData("r-lstm-full", "r-lstm", "full")]
    [InlineData("p-lstm-full", "p-lstm", "full")]
    public void The_paper_budget_is_the_published_setting(string row, ModelName model, string truncation)
    {
        foreach (string dataset in new[] { "mnist", "pmnist" })
        {
            ExperimentSpec spec = Presets.Find($"table2/{dataset}/{row}", Budget.Paper);

            Assert.Equal((model, Truncation.Parse(truncation)), (spec.Model, spec.Truncation));
            Assert.Equal((Truncation.Last(300), 600, 1), (spec.AuxiliaryTruncation, spec.Segment, spec.Anchors));
            Assert.Equal((128, 128, 256, 0.5), (spec.Hidden, spec.EncodingSize, spec.FeedForwardHidden, spec.DropRate));
            Assert.Equal((InputEncoding.Linear, Regularisation.DropConnect), (spec.Encoding, spec.Regularisation));
            Assert.Equal((OptimiserKind.RmsProp, 1e-3, 128), (spec.Optimiser, spec.LearningRate, spec.Batch));
            Assert.Equal((100, 1000, 300, null), (spec.PretrainEpochs, spec.Epochs, spec.HalvingEpochs, spec.Steps));
            Assert.Equal(1, spec.AuxiliaryWeight);

            // All 60,000 images at their own 28 × 28 pixels: 784 steps.
            Assert.Equal((null, 0, null, null), (spec.Side, spec.Silence, spec.TrainLimit, spec.TestLimit));
        }
    }

    [Theory]
    [InlineData("table2/mnist/irnn", "irnn")]
    [InlineData("table2/pmnist/urnn", "urnn")]
    [InlineData("table3/mnist/transformer", "transformer")]
    public void The_models_to_compare_with_see_every_step(string preset, ModelName model)
    {
        ExperimentSpec spec = Presets.Find(preset, Budget.Paper);

        SpecCheck.Throw(spec);
        Assert.Equal((model, Truncation.Full, 128), (spec.Model, spec.Truncation, spec.Hidden));
        Assert.Equal(model == ModelName.Irnn ? (1e-4, 1) : (1e-3, default(double?)), (spec.LearningRate, spec.ClipNorm));
    }

    [Fact]
    public void Overnight_every_model_has_the_same_recipe_and_takes_as_many_epochs()
    {
        ExperimentSpec[] specs = [.. Presets.Names.Where(name => name.StartsWith("table2/mnist/", StringComparison.Ordinal)).Select(name => Presets.Find(name, Budget.Overnight))];

        Assert.Single(specs.Select(spec => spec.PretrainEpochs + spec.Epochs).Distinct());
        Assert.Single(specs.Select(spec => (spec.LearningRateSchedule, spec.ClipNorm, spec.Initialisation, spec.Batch, spec.Side, spec.TestLimit)).Distinct());
        Assert.Equal([2e-3, 1e-4], specs.Select(spec => spec.LearningRate).Distinct().OrderDescending()); // the IRNN bears no more
        Assert.All(specs, spec => Assert.Equal(spec.HasAuxiliaryLoss ? 4 : 0, spec.PretrainEpochs));
        Assert.Equal(0, Presets.Find("figure6/pretraining-only", Budget.Overnight).AuxiliaryWeight);
        Assert.Equal(1, Presets.Find("table4/r-lstm-truncate100", Budget.Overnight).AuxiliaryWeight);
    }

    [Theory]
    [InlineData(Budget.Overnight, 14)]
    [InlineData(Budget.Laptop, 14)]
    [InlineData(Budget.Smoke, 7)]
    public void Smaller_budgets_keep_the_papers_proportions(Budget budget, int side)
    {
        ExperimentSpec spec = Presets.Find("table2/mnist/r-lstm-truncate300", budget);

        Assert.Equal(side, spec.Side);
        Assert.Equal(300.0 / 784, spec.Truncation.Steps!.Value / (double)(side * side), 0.02);
        Assert.Equal(300.0 / 784, spec.AuxiliaryTruncation.Steps!.Value / (double)(side * side), 0.02);
        Assert.Equal(600.0 / 784, spec.Segment / (double)(side * side), 0.02);
    }

    [Theory]
    [InlineData(Budget.Laptop)]
    [InlineData(Budget.Smoke)]
    public void The_quickstart_hides_the_digit_from_the_supervised_window(Budget budget)
    {
        ExperimentSpec spec = Presets.Quickstart(budget);

        SpecCheck.Throw(spec);
        Assert.True(spec.Truncation.Steps < spec.Silence, "The last K steps should be silence.");
        Assert.True(spec.Segment < spec.Side * spec.Side + spec.Silence);
    }

    [Fact]
    public void An_unknown_name_lists_all_nearest_first()
    {
        string message = Assert.Throws<UserException>(() => Presets.Find("table2/pmnist/r-lstm-ful", Budget.Smoke)).Message;
        string[] lines = [.. message.Split('\n').Skip(1).Select(line => line.Trim())];

        Assert.Contains("'table2/pmnist/r-lstm-ful'", message);
        Assert.Equal("table2/pmnist/r-lstm-full", lines[0]);
        Assert.Equal(Presets.Names.Order(), lines.Order());
        Assert.True(Array.IndexOf(lines, "table2/pmnist/p-lstm-full") < Array.IndexOf(lines, "table2/mnist/lstm-truncate300"));
    }

    [Theory]
    [InlineData("cifar10")]
    [InlineData("r-lstm")]
    [InlineData("Table2/MNIST")]
    [InlineData("transformer")]
    public void A_part_of_a_name_lists_those_that_have_it_first(string part)
    {
        string message = Assert.Throws<UserException>(() => Presets.Find(part, Budget.Smoke)).Message;
        string[] lines = [.. message.Split('\n').Skip(1).Select(line => line.Trim())];
        bool[] has = [.. lines.Select(line => line.Contains(part, StringComparison.OrdinalIgnoreCase))];

        Assert.True(has[0]);
        Assert.Equal(has.OrderDescending(), has);
        Assert.Equal(Presets.Names.Order(), lines.Order());
    }

    [Theory]
    [InlineData("smoke", Budget.Smoke)]
    [InlineData("Laptop", Budget.Laptop)]
    [InlineData("paper", Budget.Paper)]
    public void Budgets_are_read_by_name(string text, Budget budget) => Assert.Equal(budget, Presets.ParseBudget(text));

    [Theory]
    [InlineData("huge")]
    [InlineData("")]
    [InlineData("7")]
    public void An_unknown_budget_is_refused_with_those_that_exist(string text) =>
        Assert.Contains("smoke, laptop, overnight or paper", Assert.Throws<UserException>(() => Presets.ParseBudget(text)).Message);

    private static List<StepMetrics> Train(ExperimentSpec spec, bool run)
    {
        SequenceDataset data = StandIn.For(spec);
        using var trainer = new Trainer(spec with { Steps = 1 }, new DatasetSplits(data, data.Subset([]), data.Take(2)));
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        if (run)
        {
            Assert.Equal(1, trainer.Run().Steps);
        }

        return steps;
    }
}
