using AuxLossRnn.Experiments;

namespace AuxLossRnn.Tests.Experiments;

public sealed class PublishedResultsTests
{
    [Fact]
    public void Table_2_has_a_number_with_its_standing_for_each_cell_of_the_paper()
    {
        // Eight rows and three datasets, less two cells the paper leaves empty.
        Assert.Equal(8 * 3 - 2, PublishedResults.Table2.Count);
        Assert.All(PublishedResults.Table2, result =>
        {
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

    [Fact]
    public void Every_preset_of_table_2_has_a_published_number() =>
        Assert.All(
            Presets.Names.Where(name => name.StartsWith("table2/", StringComparison.Ordinal)),
            name => Assert.NotNull(PublishedResults.Find(name)));
}
