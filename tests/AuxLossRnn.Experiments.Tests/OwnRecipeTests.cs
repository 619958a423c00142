using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Tests;

public sealed class OwnRecipeTests
{
    [Fact]
    public void Settings_go_by_the_number_and_the_length_of_the_sequences_and_what_is_given_stays()
    {
        DatasetSplits data = OwnSequences.FromArrays(
            Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 30).Select(t => (double)(i * t % 11)).ToArray()).ToArray(),
            Enumerable.Range(0, 60).Select(i => i % 3).ToArray()).Split(0.1, 0.2);

        ExperimentSpec spec = OwnRecipe.Complete(new ExperimentSpec { Dataset = "mine" }, [], data);

        Assert.Equal((8, 15, 42), (spec.Batch, spec.Segment, data.Train.Count));
        Assert.Equal((400, 100), (spec.Epochs, spec.PretrainEpochs)); // of five steps
        SpecCheck.Throw(spec, data.Train);
        ExperimentSpec given = OwnRecipe.Complete(new ExperimentSpec { Dataset = "mine", Batch = 21, Segment = 7 }, ["Batch", "Segment"], data);
        Assert.Equal((21, 7, 1000), (given.Batch, given.Segment, given.Epochs));
        // An IRNN keeps the rate that it needs.
        Assert.Equal(1e-4, OwnRecipe.Complete(new ExperimentSpec().WithModel(ModelName.Parse("irnn")), [], data).LearningRate);
    }

    [Fact]
    public void Settings_of_files_are_text_as_all_others_and_their_set_is_called_as_the_file()
    {
        ExperimentSpec spec = SweepPointOf(("data_file", "/a/Gun Point_TRAIN.ts"), ("scaling", "per-sequence"), ("channels_first", "true"), ("label", "class"));

        Assert.Equal("Gun-Point", spec.Dataset);
        Assert.Equal(new SequenceFiles { DataFile = "/a/Gun Point_TRAIN.ts", Scaling = ChannelScaling.PerSequence, ChannelsFirst = true, Label = "class" }, spec.Files);
        Assert.Equal(spec, SpecValues.Set(new ExperimentSpec(), [.. SpecValues.Properties.Select(property => (property, SpecValues.TextOf(spec, property)))]));
        Assert.Null(SpecValues.Set(spec, [(SpecValues.Find("data_file"), "none"), (SpecValues.Find("scaling"), "unit"), (SpecValues.Find("channels_first"), "none"), (SpecValues.Find("label"), "none")]).Files);
        Assert.Equal("my-mnist", SweepPointOf(("data_file", "mnist.csv.gz")).Dataset);
        Assert.Equal("other", SweepPointOf(("data_file", "mnist.csv"), ("dataset", "other")).Dataset);
        Assert.Contains("‹DataFile› is not given", Assert.Throws<Runtime.UserException>(() => SpecCheck.Throw(SweepPointOf(("label", "class")))).Template, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_a_sweep_is_the_same_wherever_its_files_lie()
    {
        Sweep Of(string folder) => new("own", null, [SweepAxis.Over("data_file", $"{folder}/x.csv"), SweepAxis.Over("model", "lstm")], [1], "runs");

        Assert.Equal(Of("/a").Points[0].Folder, Of("/b").Points[0].Folder);
    }

    private static ExperimentSpec SweepPointOf(params (string Name, string Value)[] settings) =>
        SpecValues.Set(new ExperimentSpec(), [.. settings.Select(one => (SpecValues.Find(one.Name), one.Value))]);
}
