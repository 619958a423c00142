using AuxLossRnn.Experiments;

namespace AuxLossRnn.Tests.Experiments;

public sealed class PublishedResultsTests
{
    [Fact]
    public void Table_2_has_a_number_with_its_standing_for_each_cell_of_the_paper()
    {
        // Eight rows and three datasets, less two cells the paper leaves empty.
        PublishedResult[] table = [.. PublishedResults.All.Where(result => result.Preset.StartsWith("table2/", StringComparison.Ordinal))];
        Assert.Equal(8 * 3 - 2, table.Length);
        Assert.All(table, result =>
        {
            Assert.Null(result.Error);
            Assert.InRange(result.Accuracy, 10, 100);
            Assert.Equal('P', result.Standing);
            Assert.NotEmpty(result.Note);
        });
    }

    [Theory]
    [InlineData("table2/mnist/lstm-truncate300", 11.3)]
    [InlineData("table2/pmnist/r-lstm-full", 95.2)]
    [InlineData("table2/cifar10/p-lstm-truncate300", 64.7)]
    public void A_number_is_found_by_the_preset_that_runs_its_experiment(string preset, double accuracy) =>
        Assert.Equal(accuracy, PublishedResults.Find(preset)!.Accuracy);

    [Theory]
    [InlineData("table3/pmnist/transformer", 97.9, 'N', null)]
    [InlineData("figure3/40/r-lstm", 6.8, 'D', 0.1)]
    [InlineData("figure3/128/r-lstm-20x30", 4.9, 'D', 0.1)]
    [InlineData("figure4/p-lstm/1", 47.2, 'D', 0.7)]
    [InlineData("figure4/r-lstm/none", 37.6, 'D', 0.3)]
    public void A_number_that_is_not_seen_in_a_table_says_so(string preset, double accuracy, char standing, double? error)
    {
        PublishedResult result = PublishedResults.Find(preset)!;
        Assert.Equal((accuracy, standing, error), (result.Accuracy, result.Standing, result.Error));
    }

    [Fact]
    public void Every_published_number_has_a_preset_and_only_one() =>
        Assert.All(PublishedResults.All, result =>
        {
            Assert.Contains(result.Preset, Presets.Names);
            Assert.Single(PublishedResults.All, other => other.Preset == result.Preset);
        });

    [Fact]
    public void The_curves_of_figure_5_and_the_seconds_of_figure_3_are_there()
    {
        Assert.Equal(65.9, PublishedResults.Figure5["test_r_lstm"][^1]);
        Assert.Equal(26.5, PublishedResults.Figure3Seconds["lstm"][^2]);
        Assert.Null(PublishedResults.Figure3Seconds["lstm"][^1]);
    }
}
