using System.Xml.Linq;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Tests;

[Collection(OneAtATime.Name)]
public sealed class ResultTablesTests
{
    [Fact]
    public void The_published_numbers_are_a_table()
    {
        DataFrame frame = ResultTables.Published();
        Assert.Equal(PublishedResults.All.Count, frame.Rows.Count);
        long row = Enumerable.Range(0, (int)frame.Rows.Count).Single(i => "table2/mnist/lstm-truncate300".Equals(frame["preset"][i]));
        Assert.Equal(11.3, frame["accuracy_percent"][row]);
        Assert.Equal("P", frame["standing"][row]);
    }

    [Fact]
    public void The_committed_results_are_a_table_without_the_benchmarks()
    {
        string folder = Path.Combine(Checkout.Folder, "data", "results");
        DataFrame frame = ResultTables.Results(folder);
        Assert.Equal(Directory.GetFiles(folder, "*.json").Length - 1, frame.Rows.Count);
        Assert.Contains("r-lstm", frame["model"].Cast<string>());
        Assert.All(frame["best_on_test_percent"].Cast<double?>(), accuracy => Assert.InRange(accuracy!.Value, 0.5, 100));
        Series curve = Series.OfTest(ResultTables.ReadResults(folder)[0].Result);
        Assert.Equal(curve.X.Count, curve.Y.Count);
        Assert.NotEmpty(curve.X);
    }

    [Fact]
    public void A_run_folder_gives_its_steps_evaluations_and_summary()
    {
        using var folder = new TemporaryFolder();
        string path = folder["run"];
        using (var trainer = new Trainer(TinyRun.Spec, TinyRun.Data, RunFolder.Open(path, TinyRun.Spec, resume: false)))
        {
            trainer.Run();
        }

        DataFrame steps = ResultTables.Steps(path);
        DataFrame evaluations = ResultTables.Evaluations(path);
        DataFrame runs = ResultTables.Runs(path);
        Assert.Equal(RunFolder.Read(path).Folder.Steps().Count, steps.Rows.Count);
        Assert.Equal(Enumerable.Range(1, (int)steps.Rows.Count).Select(step => (double?)step), steps["step"].Cast<double?>());
        Assert.Contains("validation", evaluations["split"].Cast<string>());
        Series test = Series.OfRun(path);
        Assert.Equal(100 * RunFolder.Read(path).Folder.ReadSummary()!.LastTest, test.Y[^1]);
        Assert.Equal(test.Y[^1], runs["last_test_percent"][0]);
        Assert.Equal("finished", runs["status"][0]);
    }

    [Fact]
    public void Each_loss_of_a_run_is_a_column_and_a_line()
    {
        using var folder = new TemporaryFolder();
        string path = folder["run"];
        ExperimentSpec spec = TinyRun.Spec with { Model = "rp-lstm" };
        using (var trainer = new Trainer(spec, TinyRun.Data, RunFolder.Open(path, spec, resume: false)))
        {
            trainer.Run();
        }

        double?[] measured = [.. RunFolder.Read(path).Folder.Steps().Select(step => (double?)step.Losses!["prediction"])];
        Assert.Equal(measured, ResultTables.Steps(path)["loss_prediction"].Cast<double?>());
        Assert.NotEqual(measured, ResultTables.Steps(path)["loss_reconstruction"].Cast<double?>());
        Assert.Equal(measured, Series.OfLoss(path, "prediction").Y.Select(loss => (double?)loss));
        Assert.Equal(Enumerable.Range(1, measured.Length).Select(step => (double)step), Series.OfLoss(path, "prediction").X);
        Assert.Contains("reconstruction, prediction", Assert.Throws<UserException>(() => Series.OfLoss(path, "ink")).Message);
    }

    [Fact]
    public void A_line_that_is_being_written_is_left_for_later()
    {
        using var folder = new TemporaryFolder();
        RunFolder run = RunFolder.Open(folder["run"], TinyRun.Spec, resume: false);
        run.Begin(TinyRun.Spec).Dispose();
        Assert.Equal(0, ResultTables.Steps(run.Path).Rows.Count);
        File.WriteAllText(
            run.MetricsPath, "{\"step\":2,\"epoch\":0,\"phase\":\"joint\",\"split\":\"test\",\"accuracy\":0.5,\"loss\":1}\n{\"step\":3,\"ep");
        Assert.Equal(50.0, ResultTables.Evaluations(run.Path)["accuracy_percent"][0]);
        Assert.Equal("running", ResultTables.Runs(run.Path)["status"][0]);
        File.AppendAllText(run.MetricsPath, "\n");
        Assert.Throws<UserException>(() => ResultTables.Steps(run.Path));
    }

    [Fact]
    public void A_table_is_well_formed_html_with_its_text_escaped()
    {
        var frame = new DataFrame(
            new StringDataFrameColumn("a<b", ["x & y", null]), new DoubleDataFrameColumn("n", [1.25, 3000000.0]));
        XElement table = XElement.Parse(frame.ToHtmlTable().ToHtml());
        Assert.Equal(["a<b", "n"], table.Descendants("th").Select(cell => cell.Value));
        Assert.Equal(["x & y", "1.25", "", "3000000"], table.Descendants("td").Select(cell => cell.Value));
    }

    [Fact]
    public void A_long_table_says_how_many_rows_it_leaves_out() =>
        Assert.EndsWith(
            "<p>1,050 more rows</p>",
            new DataFrame(new DoubleDataFrameColumn("n", new double[1250])).ToHtmlTable().ToHtml(), StringComparison.Ordinal);

    [Fact]
    public void A_missing_folder_is_explained() =>
        Assert.Contains("data/results", Assert.Throws<UserException>(() => ResultTables.Results("nowhere")).Message);

    [Fact]
    public void A_folder_without_results_is_explained()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("holds no measured result", Assert.Throws<UserException>(() => ResultTables.Results(folder.Path)).Message);
    }
}
