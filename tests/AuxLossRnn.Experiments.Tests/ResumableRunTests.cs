using System.Text.Json;
using AuxLossRnn.Data;
using AuxLossRnn.Figures;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments.Tests;

/// <summary>The notebook's host is one for the process.</summary>
[Collection(OneAtATime.Name)]
public sealed class ResumableRunTests
{
    private const string Preset = "table2/mnist/r-lstm-full";

    [Fact]
    public void A_finished_run_is_read_instead_of_trained_again()
    {
        using var root = new TemporaryFolder();
        MeasuredResult first = ResumableRun.TrainOrRead(Preset, TinyRun.Spec, TinyRun.Data, root.Path);
        DateTime written = File.GetLastWriteTimeUtc(Weights(TinyRun.Spec, root));

        MeasuredResult second = ResumableRun.TrainOrRead("another preset of the same spec", TinyRun.Spec, TinyRun.Data, root.Path);

        Assert.Equal(12, first.Summary.Steps);
        Assert.Equal(Text(first.Summary), Text(second.Summary));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Weights(TinyRun.Spec, root)));
    }

    [Fact]
    public void A_run_with_parts_of_ones_own_is_trained_and_read_and_not_with_others()
    {
        using var root = new TemporaryFolder();
        ExperimentSpec spec = TinyRun.Spec with { Model = "near-lstm" };
        ModelParts parts(double weight) => ModelParts.Of(spec, null, ModelParts.Reconstruction(spec, "near") with { Weight = weight });
        MeasuredResult first = ResumableRun.TrainOrRead(Preset, spec, TinyRun.Data, root.Path, parts(1));

        Assert.Equal(Text(first.Summary), Text(ResumableRun.TrainOrRead(Preset, spec, TinyRun.Data, root.Path, parts(1)).Summary));
        Assert.Contains("cannot go on with the losses near (weight 2", Assert.Throws<UserException>(
            () => ResumableRun.TrainOrRead(Preset, spec, TinyRun.Data, root.Path, parts(2))).Message);
    }

    [Fact]
    public void A_changed_spec_is_another_run()
    {
        using var root = new TemporaryFolder();
        ExperimentSpec other = TinyRun.Spec with { Model = ModelName.Lstm };
        ResumableRun.TrainOrRead(Preset, TinyRun.Spec, TinyRun.Data, root.Path);

        Assert.Equal(ModelName.Lstm, ResumableRun.TrainOrRead(Preset, other, TinyRun.Data, root.Path).Config.Model);
        Assert.Equal(2, Directory.GetDirectories(root.Path).Length);
    }

    [Fact]
    public void A_stopped_cell_keeps_its_steps()
    {
        using var root = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        int reads = 0;
        var watched = new WatchedDataset(TinyRun.Data.Train, () =>
        {
            if (Interlocked.Increment(ref reads) == 5)
            {
                stop.Cancel();
            }
        });
        NotebookHost.Stopping = () => stop.Token;
        try
        {
            Assert.Throws<OperationCanceledException>(() =>
                ResumableRun.TrainOrRead(Preset, TinyRun.Spec, TinyRun.Data with { Train = watched }, root.Path));
        }
        finally
        {
            NotebookHost.Stopping = null;
        }

        RunFolder folder = RunFolder.Read(ResumableRun.FolderOf(TinyRun.Spec, root.Path)).Folder;
        Assert.InRange(folder.ReadSummary()!.Steps, 1, 11);

        MeasuredResult resumed = ResumableRun.TrainOrRead(Preset, TinyRun.Spec, TinyRun.Data, root.Path);
        ResumableRun.TrainOrRead(Preset, TinyRun.Spec, TinyRun.Data, root["whole"]);
        Assert.Equal(12, resumed.Summary.Steps);
        Assert.Equal(TinyRun.Metrics(RunFolder.Read(ResumableRun.FolderOf(TinyRun.Spec, root["whole"])).Folder), TinyRun.Metrics(folder));
    }

    [Fact]
    public void Measured_runs_stand_beside_the_published_numbers_with_budget_and_standing()
    {
        using var root = new TemporaryFolder();
        MeasuredResult run = ResumableRun.TrainOrRead(Preset, TinyRun.Spec, TinyRun.Data, root.Path);

        DataFrame table = ResultTables.BesidePublished(new Dictionary<string, MeasuredResult>
        {
            [Preset] = run,
            ["table6/1x600"] = run,
        });

        Assert.Equal(98.4, table["published_percent"][0]);
        Assert.Equal("P", table["standing"][0]);
        Assert.Null(table["published_percent"][1]);
        Assert.Equal("unknown", table["standing"][1]);
        Assert.Equal(12.0, table["steps"][0]);
        Assert.Equal(100 * run.Summary.LastTest!.Value, (double)table["measured_percent"][0], 0.01);
    }

    [Fact]
    public void A_kept_run_is_not_read_for_other_data()
    {
        using var root = new TemporaryFolder();
        ExperimentSpec spec = TinyRun.Spec with { Dataset = "numbers", Side = null, Encoding = InputEncoding.Linear, ValidationFraction = 0, Steps = 2 };
        ResumableRun.TrainOrRead("numbers", spec, Numbers(7), root.Path);
        ResumableRun.TrainOrRead("numbers", spec, Numbers(7), root.Path);

        Assert.Contains(
            "other data", Assert.Throws<UserException>(() => ResumableRun.TrainOrRead("numbers", spec, Numbers(5), root.Path)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>40 sequences of 16 steps of a reader's own.</summary>
    private static DatasetSplits Numbers(int modulus) => OwnSequences.FromArrays(
        Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 16).Select(t => (float)((t + i) % modulus)).ToArray()).ToArray(),
        Enumerable.Range(0, 40).Select(i => i % 2).ToArray()).Split();

    private static string Text(RunSummary summary) => JsonSerializer.Serialize(summary, KitJson.Line);

    private static string Weights(ExperimentSpec spec, TemporaryFolder root) =>
        RunFolder.Read(ResumableRun.FolderOf(spec, root.Path)).Folder.LastWeightsPath;
}
