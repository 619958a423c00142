using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Tests;

public sealed class ReproductionTests
{
    private static readonly MeasuredResult Committed = ResultTables.ReadResults(Path.Combine(Checkout.Folder, "data", "results")).First(one => one.Name == "mnist-silence-r-lstm-seed1").Result;

    [Theory]
    [InlineData("mnist-silence-r-lstm-seed1", 3)]
    [InlineData("mnist-28-lstm-seed1", 1)]
    public void A_result_is_found_with_those_that_differ_by_their_seed_alone(string name, int alike)
    {
        var found = Reproduction.Find(name, Path.Combine(Checkout.Folder, "data"));

        Assert.Equal(alike, found.Alike.Count);
        Assert.Contains(found.Committed, found.Alike);
        Assert.Single(found.Alike.Select(one => one.Config with { Seed = 0 }).Distinct());
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_nearest()
    {
        string message = Assert.Throws<UserException>(() => Reproduction.Find("mnist-silence-r-lstm", Path.Combine(Checkout.Folder, "data"))).Message;
        Assert.Contains("There is no committed result 'mnist-silence-r-lstm'", message, StringComparison.Ordinal);
        Assert.Contains("mnist-silence-r-lstm-seed1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_a_study_is_found_by_its_number_in_the_plan()
    {
        using var folder = new TemporaryFolder();
        foreach (string part in new[] { "results", "studies" })
        {
            Directory.CreateDirectory(folder[part]);
        }

        File.Copy(Path.Combine(Checkout.Folder, "data", "results", "mnist-28-lstm-seed1.json"), folder["results/one.json"]);
        File.WriteAllText(folder["studies/small.yaml"], "base: { dataset: mnist, hidden: 8 }\naxes:\n  - model: [gru, lstm]\nseeds: [1, 2]\n");
        Sweep sweep = SweepFile.Read(folder["studies/small.yaml"]);
        File.WriteAllText(SweepResults.PathOf(sweep), System.Text.Json.JsonSerializer.Serialize(Committed with { Config = sweep.Points[3].Spec }, KitJson.Line));

        Assert.Equal(sweep.Points[3].Spec, Reproduction.Find("small/3", folder.Path).Committed.Config);
        Assert.Throws<UserException>(() => Reproduction.Find("small/2", folder.Path));
    }

    [Fact]
    public void The_same_accuracy_is_the_same_to_the_digit() => Assert.Equal(
        (true, "The same to the digit: committed 59.62 %, now 59.62 % at the last step."), Of(Committed).Compare(Committed, 10_000));

    [Theory]
    [InlineData(0.4715, false)]
    [InlineData(0.4718, true)]
    [InlineData(0.7216, true)]
    [InlineData(0.7218, false)]
    public void Three_seeds_give_the_interval_of_one_run_more(double accuracy, bool within)
    {
        // By hand: mean 0.59667, deviation 0.025166, t(2) 4.302653, so 0.59667 ± 4.302653 · 0.025166 · √(4/3) = 0.47163 to 0.72170.
        (bool holds, string sentence) = Of(With(0.57), With(0.60), With(0.62)).Compare(With(accuracy), 10_000);

        Assert.Equal(within, holds);
        Assert.StartsWith(within ? "Within the spread of 3 committed seeds" : "Outside the spread of 3 committed seeds", sentence, StringComparison.Ordinal);
        Assert.Contains("47.16 % to 72.17 %", sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5962 + 0.0135, true)]
    [InlineData(0.5962 - 0.0137, false)]
    public void One_seed_leaves_the_error_of_counting(double accuracy, bool within)
    {
        // By hand: 1.96 · √(2 · 0.5962 · 0.4038 / 10,000) = 0.0136.
        (bool holds, string sentence) = Of(With(0.5962)).Compare(With(accuracy), 10_000);

        Assert.Equal(within, holds);
        Assert.Contains("10,000 test examples, ±1.4 points. The spread over seeds is not known: 1 seed is committed, 3 are needed.", sentence, StringComparison.Ordinal);
    }

    private static Reproduction Of(params MeasuredResult[] alike) => new("it", alike[0], alike);

    private static MeasuredResult With(double accuracy) => Committed with { Summary = Committed.Summary with { LastTest = accuracy } };
}
