
namespace AuxLossRnn.Experiments.Tests;

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

    [Theory]
    [InlineData("irnn", 97.0, 82.0, null)]
    [InlineData("urnn", 95.1, 91.4, null)]
    [InlineData("lstm-full", 98.3, 89.4, 58.8)]
    [InlineData("lstm-truncate300", 11.3, 88.8, 49.0)]
    [InlineData("r-lstm-truncate300", 96.4, 92.8, 65.9)]
    [InlineData("p-lstm-truncate300", 95.4, 92.5, 64.7)]
    [InlineData("r-lstm-full", 98.4, 95.2, 72.2)]
    [InlineData("p-lstm-full", 98.0, 92.8, 67.6)]
    public void Table_2_is_the_papers_row_by_row(string row, double mnist, double pmnist, double? cifar10) => Assert.Equal(
        [mnist, pmnist, cifar10],
        new[] { "mnist", "pmnist", "cifar10" }.Select(dataset => PublishedResults.Find($"table2/{dataset}/{row}")?.Accuracy));

    [Fact]
    public void Table_3_is_the_papers() => Assert.Equal(
        [("table3/mnist/transformer", 98.9, null, 'N'), ("table3/pmnist/transformer", 97.9, null, 'N'), ("table3/cifar10/transformer", 62.2, null, 'N')],
        Of("table3/"));

    [Fact]
    public void Figure_4_is_the_papers_point_by_point() => Assert.Equal(
        new (string, double, double?, char)[]
        {
            ("figure4/r-lstm/300", 65.9, 0.3, 'D'), ("figure4/r-lstm/200", 63.1, 0.3, 'D'), ("figure4/r-lstm/100", 60.5, 0.3, 'D'),
            ("figure4/r-lstm/50", 57.7, 0.3, 'D'), ("figure4/r-lstm/1", 46.1, 0.3, 'D'), ("figure4/r-lstm/none", 37.6, 0.3, 'D'),
            ("figure4/p-lstm/300", 64.5, 0.3, 'D'), ("figure4/p-lstm/200", 62.0, 0.3, 'D'), ("figure4/p-lstm/100", 60.5, 0.7, 'D'),
            ("figure4/p-lstm/50", 58.7, 0.7, 'D'), ("figure4/p-lstm/1", 47.2, 0.7, 'D'), ("figure4/p-lstm/none", 34.9, 0.3, 'D'),
            ("figure4/lstm/full", 58.8, 0.3, 'D'),
        }.Order(),
        Of("figure4/").Order());

    [Theory]
    [InlineData("lstm-full", 3.8, 2.9, 2.1, 1.4, 1.9, 1.1, 1.0, null)]
    [InlineData("transformer", 11.8, 10.3, 6.8, 4.4, 2.9, 1.9, null, null)]
    [InlineData("p-lstm", 6.5, 6.8, 5.8, 6.5, 4.2, 4.6, 3.0, 2.1)]
    [InlineData("r-lstm", 6.8, 6.2, 5.8, 4.9, 4.9, 4.0, 3.4, 3.7)]
    [InlineData("r-lstm-20x30", 10.4, 9.8, 9.0, 8.9, 8.2, 7.3, 5.0, 4.9)]
    public void Figure_3_is_the_papers_side_by_side(
        string row, double? at40, double? at48, double? at56, double? at72, double? at80, double? at96, double? at112, double? at128) => Assert.Equal(
            [at40, at48, at56, at72, at80, at96, at112, at128],
            new[] { 40, 48, 56, 72, 80, 96, 112, 128 }.Select(side => PublishedResults.Find($"figure3/{side}/{row}")?.Accuracy));

    [Fact]
    public void There_are_no_other_numbers() => Assert.Equal(22 + 3 + 13 + 37, PublishedResults.All.Count);

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

    [Fact]
    public void Figure_5_at_its_end_and_figure_3s_seconds_at_12544_steps_are_the_papers()
    {
        double? At(string column) => PublishedResults.Figure5[column][^1];
        double? Seconds(string column) => PublishedResults.Figure3Seconds[column][PublishedResults.Figure3Seconds["length"].ToList().IndexOf(12544)];

        Assert.Equal([390, 60.4, 64.7, 58.8, 64.9, 65.9], new[] { "thousand_steps", "train_lstm", "train_r_lstm", "test_lstm", "test_p_lstm", "test_r_lstm" }.Select(At));
        Assert.Equal([26.5, 6.1, 6.1, 4.7], new[] { "lstm", "r_lstm", "p_lstm", "r_lstm_20x30" }.Select(Seconds));
    }

    private static IEnumerable<(string, double, double?, char)> Of(string table) =>
        from result in PublishedResults.All
        where result.Preset.StartsWith(table, StringComparison.Ordinal)
        select (result.Preset, result.Accuracy, result.Error, result.Standing);
}
