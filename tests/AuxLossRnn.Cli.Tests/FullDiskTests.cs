using AuxLossRnn.Cli.Tests.Sweeps;

namespace AuxLossRnn.Cli.Tests;

/// <summary>A disk that is full: a sentence that says so, nothing half-written, and with space again the same end.</summary>
[Trait("Category", "Slow")]
public sealed class FullDiskTests(ReferenceRun reference, ReferenceStudy study)
{
    private const string Full = "disk is full. What was written before is kept: free some space and do the same again.";

    [Theory]
    [InlineData(8)] // the run's record
    [InlineData(24)] // its first checkpoint
    [InlineData(72)] // a later one
    public void Training_stops_with_a_sentence_and_goes_on_from_what_it_had(int kibibytes)
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk(folder.Path, kibibytes);
        var run = new RunFiles(folder["run"]);

        CommandResult full = AuxLoss.RunIn(folder.Path, TinyRun.Train(run.Folder)).ShouldExitWith(1);

        Assert.EndsWith($"{Full} The run goes on from its last checkpoint with --resume.\n", full.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(run.Folder, "*.tmp", SearchOption.AllDirectories));
        disk.Resize(10_000);
        AuxLoss.RunIn(folder.Path, "train", "--out", run.Folder, "--resume", "--threads", "1").ShouldExitWith(0);
        run.ShouldEqual(reference.Files);
    }

    [Theory]
    [InlineData(16)] // what the first two say
    [InlineData(160)] // their checkpoints
    public void A_sweep_names_what_failed_and_run_again_ends_the_same(int kibibytes)
    {
        using var full = new TinyStudy();
        using var disk = new SmallDisk(full["runs"], kibibytes);

        CommandResult result = full.Sweep("run").ShouldExitWith(1);

        Assert.All(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("Failed twice: model ", line, StringComparison.Ordinal));
        Assert.Matches("disk is full|No space left", result.Error);

        // An empty one would bar its run for a minute.
        Assert.All(
            Directory.EnumerateFiles(full["runs"], "claim.json", SearchOption.AllDirectories), claim => Assert.NotEqual(0, new FileInfo(claim).Length));
        disk.Resize(10_000);
        full.Sweep("run").ShouldExitWith(0);
        full.ShouldEqual(study.Study);
    }

    [Fact]
    public void A_notebook_and_its_page_stay_what_they_were()
    {
        using var folder = new TemporaryFolder();
        using var disk = new SmallDisk(folder.Path, 24);
        string notebook = folder.Write("a.ipynb", """
            {"cells":[{"cell_type":"code","execution_count":1,"id":"a","metadata":{},"outputs":[{"name":"stdout","output_type":"stream","text":"before"}],
              "source":"new string('a', 40_000)"}],
             "metadata":{"kernelspec":{"display_name":".NET (C#)","language":"C#","name":".net-csharp"}},"nbformat":4,"nbformat_minor":5}
            """);
        string before = File.ReadAllText(notebook);

        CommandResult run = AuxLoss.RunIn(folder.Path, "notebook", "run", notebook).ShouldExitWith(1);
        CommandResult page = AuxLoss.RunIn(folder.Path, "notebook", "publish", notebook, "--out", folder.Path, "--keep-notebooks");

        Assert.EndsWith($"{Full}\n", run.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, page.ExitCode);
        Assert.Contains(Full, page.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(notebook));
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.tmp"));
        Assert.All(Directory.EnumerateFiles(folder.Path, "*.html"), whole => Assert.EndsWith("</html>\n", File.ReadAllText(whole), StringComparison.Ordinal));
    }
}
