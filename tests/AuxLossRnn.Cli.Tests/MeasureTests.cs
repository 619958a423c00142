namespace AuxLossRnn.Cli.Tests;

public sealed class MeasureTests
{
    [Fact]
    public void Each_model_and_length_is_a_line_of_the_file()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.Run(
            "measure", "--batch", "2", "--sides", "25,30", "--models", "lstm-full", "r-lstm-20x30", "--steps", "1",
            "--out", folder["costs.csv"]).ShouldExitWith(0);

        string[][] lines = Costs(folder["costs.csv"]);
        Assert.Equal(
            ["lstm-full,625,2", "lstm-full,900,2", "r-lstm-20x30,625,2", "r-lstm-20x30,900,2"],
            lines.Select(line => string.Join(',', line[..3])));
        Assert.All(lines, line =>
        {
            Assert.True(double.Parse(line[3]) > 0);
            Assert.True(double.Parse(line[4]) > 0);
            Assert.Equal("measured", line[5]);
        });
    }

    [Fact]
    public void A_model_over_the_memory_cap_is_stopped_and_its_longer_sequences_are_left_out()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.Run(
            "measure", "--batch", "32", "--sides", "56", "40", "--models", "lstm-full", "--steps", "1", "--memory-cap", "16",
            "--out", folder["costs.csv"]).ShouldExitWith(0);

        Assert.Equal(
            ["lstm-full,1600,32,,,over the memory cap", "lstm-full,3136,32,,,left out: over the memory cap before"],
            Costs(folder["costs.csv"]).Select(line => string.Join(',', line)));
    }

    [Theory]
    [InlineData("--models", "lsmt", "r-lstm-20x30")]
    [InlineData("--sides", "24", "25 to 1024")]
    [InlineData("--sides", "50000", "25 to 1024")]
    [InlineData("--sides", "40|48", "--sides has '40|48', but must be whole numbers such as 40, 48")]
    [InlineData("--batch", "0", "above 0")]
    [InlineData("--threads", "-3", "above 0")]
    public void What_cannot_be_measured_is_refused_first(string option, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        CommandResult result = AuxLoss.Run("measure", option, value, "--out", folder["costs.csv"]);

        result.ShouldExitWith(2);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["costs.csv"]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused_before_anything_is_measured() =>
        RefusalTests.Refused(AuxLoss.Run("measure", "--out", "no/such/costs.csv"), "no/such/costs.csv", "there is no folder");

    private static string[][] Costs(string path) =>
        [.. File.ReadLines(path).Where(line => line[0] != '#').Skip(1).Select(line => line.Split(','))];
}
