using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Tests;

public sealed class StepCostTests
{
    private static readonly StepCost[] Costs =
    [
        new("r-lstm-20x30", 1600, 128, 1.25, 300.5, StepCost.Measured),
        new("r-lstm-20x30", 2304, 128, 1.5, 310, StepCost.Measured),
        new("lstm-full", 1600, 128, null, null, "over the memory cap"),
    ];

    [Fact]
    public void Costs_are_read_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        StepCost.Write(folder["costs.csv"], Costs, ["a machine"]);

        Assert.Equal(Costs, StepCost.Read(folder["costs.csv"]));
        Assert.StartsWith("# a machine", File.ReadAllText(folder["costs.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_has_the_lengths_that_were_measured()
    {
        CostSeries series = Assert.Single(StepCost.Series(Costs));

        Assert.Equal(("r-lstm-20x30", "r-lstm"), (series.Name, series.Model));
        Assert.Equal([1600, 2304], series.Lengths);
        Assert.Equal([1250, 1500], series.Milliseconds);
        Assert.Equal([300.5, 310], series.Mebibytes);
    }

    [Theory]
    [InlineData("r-lstm,many,128,1,1,measured")]
    [InlineData("r-lstm,1600")]
    [InlineData("r-lstm,16000000000,128,1,1,measured")]
    [InlineData("r-lstm,1600,128,,,measured")]
    [InlineData("r-lstm,1600,128,1.5,,measured")]
    [InlineData("r-lstm,1600,128,,300,measured")]
    public void A_damaged_line_is_named(string line)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["costs.csv"], $"model,length,batch,seconds,mebibytes,status\n{line}\n");

        Assert.Contains($"line 2, is '{line}'", Assert.Throws<UserException>(() => StepCost.Read(folder["costs.csv"])).Message);
    }

    [Fact]
    public void A_missing_file_names_the_command_that_writes_it()
    {
        using var folder = new TemporaryFolder();
        foreach (string path in new[] { folder["costs.csv"], folder["no/such/costs.csv"] })
        {
            Assert.Equal(
                $"There is no {path}. Write it with: auxloss measure --out {path}", Assert.Throws<UserException>(() => StepCost.Read(path)).Message);
        }

        Assert.Contains("is a folder", Assert.Throws<UserException>(() => StepCost.Read(folder.Path)).Message);
    }
}
