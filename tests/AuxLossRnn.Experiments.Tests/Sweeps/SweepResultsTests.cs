using System.Text.Json;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>What is kept of a sweep's runs, and its tables.</summary>
public sealed class SweepResultsTests : IDisposable
{
    private const string Study = """
        base: { side: 7, segment: 10 }
        axes:
          - model: [lstm, r-lstm]
          - what, "exactly":
              a, b: { hidden: 8 }
              "c": { hidden: 16 }
        seeds: [1, 2]
        runs: runs
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Before_anything_has_ended_the_rows_are_there_without_numbers()
    {
        SweepResults results = Read(Study).Collect();

        Assert.Empty(results.All);
        Assert.Equal(4, results.Rows.Count);
        Assert.Empty(results.Differences);
        Assert.Equal(4, results.Table().Rows.Count);
        Assert.Equal(0, results.DifferenceTable().Rows.Count);
        string[] written = [.. results.Write()];
        Assert.Equal([_folder["study.jsonl"], _folder["study.csv"], _folder["study-differences.csv"]], written);
        Assert.Empty(Read(Study).Collect().All);
    }

    [Fact]
    public void A_table_has_a_row_for_each_combination_and_the_differences_a_row_for_each_pair_that_differs_in_one_axis()
    {
        Sweep sweep = Read(Study);
        Keep(sweep, point => point.Index == 7 ? null : 0.8 + point.Index / 100.0);
        SweepResults results = sweep.Collect();

        results.Write();

        Assert.Equal(
            """"
            model,"what, ""exactly""",n,accuracy_mean,accuracy_deviation,accuracy_low,accuracy_high,on_validation_mean,steps_mean,seconds_mean,seeds
            lstm,"a, b",2,82,2.828,56.588,107.412,41,12,1.5,1 2
            lstm,c,2,83,2.828,57.588,108.412,41.5,12,1.5,1 2
            r-lstm,"a, b",2,84,2.828,58.588,109.412,42,12,1.5,1 2
            r-lstm,c,1,83,,,,41.5,12,1.5,1

            """".ReplaceLineEndings("\n"),
            File.ReadAllText(_folder["study.csv"]));
        Assert.Equal(
            """"
            axis,from,to,model,"what, ""exactly""",n,difference_mean,difference_low,difference_high,leaves_zero_out
            model,lstm,r-lstm,,"a, b",2,2,2,2,yes
            model,lstm,r-lstm,,c,1,2,,,unknown
            "what, ""exactly""","a, b",c,lstm,,2,1,1,1,yes
            "what, ""exactly""","a, b",c,r-lstm,,1,1,,,unknown

            """".ReplaceLineEndings("\n"),
            File.ReadAllText(_folder["study-differences.csv"]));
        Assert.Equal(82, results.Row(("model", "lstm"), ("what, \"exactly\"", "a, b")).Accuracy.Mean, 1e-9);
        Assert.Contains("no row model gru", Assert.Throws<UserException>(() => results.Row(("model", "gru"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_axis_may_have_the_name_of_any_setting()
    {
        // Columns of tables are named apart.
        foreach (string setting in SpecValues.Properties.Select(SpecValues.NameOf).Where(name => name != "seed").Append("preset"))
        {
            Assert.DoesNotContain(setting, SweepResults.Columns);
        }

        Sweep sweep = Read("base: { side: 7, segment: 10 }\naxes:\n  - steps: [10, 20]\nseeds: [1]\n");
        Keep(sweep, _ => 0.5);
        DataFrame table = sweep.Collect().Table();
        Assert.Equal(["10", "20"], [(string)table["steps"][0], (string)table["steps"][1]]);
        Assert.Equal(12.0, table["steps_mean"][0]);
        Assert.Equal("10", sweep.Collect().DifferenceTable()["from"][0]);
    }

    [Fact]
    public void Three_values_have_three_pairs_in_the_order_of_the_file()
    {
        Sweep sweep = Read("base: { side: 7, segment: 10 }\naxes:\n  - truncation: [none, 1, full]\nseeds: [1]\n");
        Keep(sweep, point => 0.1 * point.Index);

        Assert.Equal(["none to 1: 10", "none to full: 20", "1 to full: 10"], sweep.Collect().Differences.Select(one => $"{one.From} to {one.To}: {one.Seeds.Mean:0}"));
    }

    [Fact]
    public void Rows_of_one_training_have_its_runs_each()
    {
        Sweep sweep = Read("base: { side: 7 }\naxes:\n  - model: [lstm, r-lstm]\n  - segment: [10, 20]\nseeds: [1, 2]\n");
        Keep(sweep, point => 0.8 + point.Index / 100.0);
        SweepResults results = sweep.Collect();

        Assert.Equal(6, results.All.Count);
        Assert.Equal(results.Rows[0].Accuracies, results.Rows[1].Accuracies);
        Assert.Equal(4, results.Rows.Count);
        Assert.Equal(new SeedStatistics(2, 0, 0, 0, 0), results.Differences.First(one => one is { Axis: "segment", Others: var others } && others["model"] == "lstm").Seeds);
    }

    [Fact]
    public void Kept_runs_stay_when_their_folders_are_gone_or_the_file_names_them_no_longer()
    {
        Keep(Read(Study), _ => 0.5);
        Read(Study).Collect().Write();
        Sweep smaller = Read(Study.Replace("[lstm, r-lstm]", "[r-lstm]", StringComparison.Ordinal).Replace("[1, 2]", "[2, 3]", StringComparison.Ordinal));

        SweepResults results = smaller.Collect();

        Assert.Equal([1, 0, 1, 0], results.Rows.SelectMany(row => new[] { row.Accuracy.Count, row.Accuracies.Count(one => one.Key == 3) }));
        Assert.Equal(8, results.All.Count);
        Assert.Equal(["r-lstm", "r-lstm"], results.All.Take(2).Select(result => $"{result.Config.Model}"));
        results.Write();
        Assert.Equal([2, 2, 2, 2], Read(Study).Collect().Rows.Select(row => row.Accuracy.Count));
    }

    [Fact]
    public void A_kept_run_with_other_settings_that_its_model_does_not_look_at_is_the_same()
    {
        Sweep sweep = Read("base: { side: 7, model: lstm, segment: 10 }\nseeds: [1]\n");
        File.WriteAllText(SweepResults.PathOf(sweep), JsonSerializer.Serialize(Measured.Run(sweep.Points[0].Spec with { Segment = 40, PretrainEpochs = 3 }, 0.5), KitJson.Line));

        Assert.Equal(50, sweep.Collect().Rows[0].Accuracy.Mean);
        Assert.Equal(SweepState.Finished, sweep.Status()[0].State);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"config\": 3}")]
    [InlineData("{\"config\": {\"truncation\": \"some\"}}")]
    [InlineData("half of a li")]
    public void A_damaged_line_is_named(string line)
    {
        Sweep sweep = Read(Study);
        Keep(sweep, point => point.Index == 0 ? 0.5 : null);
        File.AppendAllText(_folder["study.jsonl"], $"\n\n{line}\n");

        Assert.StartsWith($"{_folder["study.jsonl"]}, line 3, is no result of this version of the kit: ", Assert.Throws<UserException>(() => sweep.Collect()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_that_was_not_read_from_a_file_has_no_place_for_its_results() => Assert.Contains(
        "write its tables yourself",
        Assert.Throws<UserException>(() => new Sweep("a", new ExperimentSpec(), [], [1], _folder["runs"]).Collect().Write()).Message, StringComparison.Ordinal);

    private Sweep Read(string text) => SweepFile.Read(_folder.Write("study.yaml", text));

    /// <summary>Keeps runs with these accuracies, as if they had been collected; null for a run that has not ended.</summary>
    private static void Keep(Sweep sweep, Func<SweepPoint, double?> accuracy) => File.WriteAllText(
        SweepResults.PathOf(sweep),
        string.Join('\n', sweep.Distinct.Where(point => accuracy(point) is not null).Select(point => JsonSerializer.Serialize(Measured.Run(point.Spec, accuracy(point)), KitJson.Line))));
}
