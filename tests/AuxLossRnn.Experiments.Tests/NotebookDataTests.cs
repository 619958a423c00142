using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Tests;

/// <summary>The console is one for the process.</summary>
[Collection(OneAtATime.Name)]
public sealed class NotebookDataTests : IDisposable
{
    private readonly TemporaryFolder _empty = new();

    private DataRoot Nothing => new(_empty.Path);

    public void Dispose() => _empty.Dispose();

    [Fact]
    public void Drawn_digits_are_the_dataset_itself()
    {
        ExperimentSpec spec = Presets.Quickstart(Budget.Smoke);
        NotebookData data = NotebookData.OpenOrDraw(spec, fetch: true, Nothing);

        Assert.True(data.IsReal);
        Assert.Equal(61, data.Splits.Train.Steps);
        Assert.Equal(spec, data.SpecOf(spec));
    }

    [Theory]
    [InlineData("table2/mnist/r-lstm-full", 49, 1, 10, "stroke-digits")]
    [InlineData("table2/pmnist/r-lstm-full", 49, 1, 10, "stroke-digits")]
    [InlineData("table2/cifar10/r-lstm-truncate300", 64, 3, 10, "blank-sequences")]
    [InlineData("figure3/40/r-lstm", 25, 3, 120, "blank-sequences")]
    [InlineData("table4/r-lstm-truncate100", 150, 1, 14, "blank-sequences")]
    public void What_stands_in_for_missing_files_has_their_shape_is_named_and_can_be_trained_on(
        string preset, int steps, int features, int classes, string standIn)
    {
        ExperimentSpec spec = Presets.Find(preset, Budget.Smoke);
        NotebookData? data = null;
        string printed = ClaimTests.Printed(() => data = NotebookData.OpenOrDraw(spec, root: Nothing));
        ExperimentSpec own = data!.SpecOf(spec);

        Assert.False(data.IsReal);
        SequenceDataset train = data.Splits.Train;
        Assert.Equal((steps, features, classes), (train.Steps, train.Features, train.Classes));
        Assert.Contains($"auxloss data fetch {(spec.Dataset == "pmnist" ? "mnist" : spec.Dataset)}", printed, StringComparison.Ordinal);
        Assert.EndsWith($"{standIn} stand in for it.{Environment.NewLine}", printed, StringComparison.Ordinal);
        Assert.Equal(spec with { Dataset = standIn }, own);
        SpecCheck.Throw(own, train);
    }

    [Fact]
    public void A_name_that_is_no_dataset_has_no_stand_in() =>
        Assert.Throws<UserException>(() => NotebookData.OpenOrDraw(new ExperimentSpec { Dataset = "mnits" }, root: Nothing));

    [Fact]
    public void The_rows_of_a_table_share_their_data()
    {
        foreach (Budget budget in Enum.GetValues<Budget>())
        {
            foreach (var table in Presets.Names.Where(name => name.StartsWith("table2/", StringComparison.Ordinal) || name.StartsWith("table4/", StringComparison.Ordinal))
                .GroupBy(name => name[..name.LastIndexOf('/')]))
            {
                Assert.Single(table.Select(name => Presets.Find(name, budget).DatasetRequest()).Distinct());
            }
        }
    }

    [Fact]
    public void The_line_about_the_machine_names_the_versions()
    {
        string line = ThisMachine.Describe();

        Assert.StartsWith("AuxLossRnn 0.1.0, TorchSharp 0.", line, StringComparison.Ordinal);
        Assert.EndsWith($"{Environment.ProcessorCount} cores", line, StringComparison.Ordinal);
    }
}
