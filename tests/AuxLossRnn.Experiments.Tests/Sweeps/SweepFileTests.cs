using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>What a sweep's file comes to.</summary>
public sealed class SweepFileTests
{
    [Theory]
    [InlineData("learning_rate: 1e-3", "LearningRate", 1e-3)]
    [InlineData("learning_rate: 2.5E-4", "LearningRate", 2.5e-4)]
    [InlineData("drop_rate: 0.5", "DropRate", 0.5)]
    [InlineData("drop_rate: '0.25'", "DropRate", 0.25)]
    [InlineData("drop_rate: .25", "DropRate", 0.25)]
    [InlineData("forget_bias: -1", "ForgetBias", -1.0)]
    [InlineData("clip_norm: 1", "ClipNorm", 1.0)]
    [InlineData("clip_norm: none", "ClipNorm", null)]
    [InlineData("clip_norm: ~", "ClipNorm", null)]
    [InlineData("clip_norm: null", "ClipNorm", null)]
    [InlineData("hidden: \"16\" # cells", "Hidden", 16)]
    [InlineData("segment: +12", "Segment", 12)]
    [InlineData("shared_auxiliary_network: false", "SharedAuxiliaryNetwork", false)]
    [InlineData("shared_auxiliary_network: True", "SharedAuxiliaryNetwork", true)]
    [InlineData("token_loss: squared-error", "TokenLoss", TokenLoss.SquaredError)]
    [InlineData("dataset: 'mnist'", "Dataset", "mnist")]
    public void A_value_is_read_as_on_the_command_line(string line, string property, object? expected)
    {
        Sweep sweep = Read($"base:\n  {line}\nseeds: [1]\n");

        Assert.Equal(expected, typeof(ExperimentSpec).GetProperty(property)!.GetValue(sweep.Points[0].Spec));
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("full", null)]
    [InlineData("0", 0)]
    [InlineData("\"16\"", 16)]
    public void So_is_a_truncation(string value, int? steps) =>
        Assert.Equal(steps, Read($"base: {{ truncation: {value} }}\nseeds: [1]\n").Points[0].Spec.Truncation.Steps);

    [Fact]
    public void Points_are_all_combinations_of_the_first_seed_then_of_the_next()
    {
        Sweep sweep = Read("""
            question: Why?
            name: other
            base: { side: 7, segment: 10 }
            axes:
              - truncation: [none, 4]
              - model: [p-lstm, r-lstm]
                pretrain_epochs: [0, 1]
              - factor:
                  plain:
                  near, 2: { segment_placement: adjacent, segment: 12 }
            seeds: [3, -1]
            runs: elsewhere
            """);

        Assert.Equal("other", sweep.Name);
        Assert.Equal("Why?", sweep.Question);
        Assert.Equal(["truncation", "model", "factor"], sweep.Axes.Select(axis => axis.Name));
        Assert.Equal(16, sweep.Points.Count);
        Assert.Equal(Enumerable.Range(0, 16), sweep.Points.Select(point => point.Index));
        Assert.Equal(
            [
                "truncation none, model p-lstm, factor plain, seed 3", "truncation none, model p-lstm, factor near, 2, seed 3",
                "truncation none, model r-lstm, factor plain, seed 3", "truncation none, model r-lstm, factor near, 2, seed 3",
                "truncation 4, model p-lstm, factor plain, seed 3",
            ],
            sweep.Points.Take(5).Select(point => $"{point}"));
        Assert.Equal("truncation none, model p-lstm, factor plain, seed -1", $"{sweep.Points[8]}");
        ExperimentSpec last = sweep.Points[15].Spec;
        Assert.Equal(
            new ExperimentSpec
            {
                Side = 7,
                Segment = 12,
                Truncation = Truncation.Last(4),
                Model = ModelName.RLstm,
                PretrainEpochs = 1,
                SegmentPlacement = SegmentPlacement.Adjacent,
                Seed = -1,
            },
            last);
        Assert.Equal(Path.Combine(Path.GetDirectoryName(sweep.File)!, "elsewhere"), sweep.Runs);
    }

    [Fact]
    public void Anchors_comments_the_line_ends_of_Windows_and_a_byte_order_mark_change_nothing()
    {
        const string plain = "base: { side: 7, segment: 10, hidden: 8 }\naxes:\n  - truncation: [1, 4]\n  - size: { a: { batch: 16, drop_rate: 0 }, b: { batch: 32, drop_rate: 0 } }\nseeds: [1, 2]\n";
        const string fancy = """
            # A study.
            base: &common
              side: 7
              segment: 10
              hidden: 8   # cells
            axes:
              - truncation:
                - 1
                - 4
              - size:
                  a: { batch: 16, drop_rate: &rate 0 }
                  b: { batch: 32, drop_rate: *rate }
            seeds: [1,
                    2]
            """;

        Sweep expected = Read(plain);
        foreach (string text in new[] { fancy, fancy.ReplaceLineEndings("\r\n"), '\uFEFF' + fancy })
        {
            Sweep sweep = Read(text);
            Assert.Equal(expected.Points.Select(point => $"{point}"), sweep.Points.Select(point => $"{point}"));
            Assert.Equal(expected.Points.Select(point => point.Spec), sweep.Points.Select(point => point.Spec));
        }
    }

    [Fact]
    public void Preset_and_budget_can_be_axes_and_what_the_base_says_changes_them()
    {
        Sweep sweep = Read("""
            base: { preset: table2/mnist/r-lstm-full, hidden: 24 }
            axes:
              - budget: [smoke, paper]
            seeds: [7]
            """);

        Assert.Equal(
            [Presets.Find("table2/mnist/r-lstm-full", Budget.Smoke) with { Hidden = 24, Seed = 7 }, Presets.Find("table2/mnist/r-lstm-full", Budget.Paper) with { Hidden = 24, Seed = 7 }],
            sweep.Points.Select(point => point.Spec));
    }

    [Fact]
    public void Another_model_and_another_dataset_bring_what_they_need()
    {
        Sweep sweep = Read("""
            axes:
              - model: [transformer, irnn, lstm]
              - dataset: [stroke-digits, dbpedia]
            seeds: [1]
            """);

        Assert.Equal([Truncation.Full, Truncation.Last(300), Truncation.Last(300)], sweep.Points.Where(point => point.Spec.Dataset == "dbpedia").Select(point => point.Spec.Truncation));
        Assert.Equal(1, sweep.Points[2].Spec.ClipNorm);
        Assert.Equal([InputEncoding.Linear, InputEncoding.Embedding], sweep.Points.Take(2).Select(point => point.Spec.Encoding));
    }

    [Fact]
    public void A_sweep_without_axes_is_its_seeds() => Assert.Equal(["seed 1", "seed 2"], Read("seeds: [1, 2]\n").Points.Select(point => $"{point}"));

    [Fact]
    public void Points_that_come_to_the_same_training_share_a_run_in_one_file_and_between_two()
    {
        using var folder = new TemporaryFolder();
        // An LSTM without a loss looks at no segment; cosine at no halving.
        Sweep one = SweepFile.Read(folder.Write("one.yaml", """
            base: { side: 7, learning_rate_schedule: cosine }
            axes:
              - model: [lstm, r-lstm]
              - segment: [10, 20]
            seeds: [1]
            """));
        Sweep other = SweepFile.Read(folder.Write("other.yaml", """
            base: { side: 7, learning_rate_schedule: cosine, model: lstm }
            axes:
              - halving_epochs: [3, 4]
                anchors: [5, 6]
                pretrain_epochs: [7, 8]
            seeds: [1]
            runs: runs
            """));
        Sweep beside = SweepFile.Read(folder.Write("beside.yaml", """
            base: { side: 7, learning_rate_schedule: cosine, model: lstm, truncation: 299 }
            seeds: [1]
            runs: runs
            """));

        Assert.Equal([0, 2, 3], one.Distinct.Select(point => point.Index));
        Assert.Equal([0], other.Distinct.Select(point => point.Index));
        Assert.Equal(one.Points[0].Spec, other.Points[1].Spec);
        Assert.Equal(Path.GetFileName(one.Points[0].Folder), Path.GetFileName(other.Points[0].Folder));
        Assert.NotEqual(Path.GetFileName(other.Points[0].Folder), Path.GetFileName(beside.Points[0].Folder));
    }

    private static Sweep Read(string text)
    {
        using var folder = new TemporaryFolder();
        return SweepFile.Read(folder.Write("study.yaml", text));
    }
}
