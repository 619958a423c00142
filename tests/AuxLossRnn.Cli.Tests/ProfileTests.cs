using System.Text.Json.Nodes;

namespace AuxLossRnn.Cli.Tests;

/// <summary><c>auxloss train --profile</c>.</summary>
[Trait("Category", "Slow")]
public sealed class ProfileTests(ReferenceRun reference)
{
    [Fact]
    public void It_prints_and_writes_where_the_time_went_and_changes_no_number_nor_do_event_files()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        CommandResult result = AuxLoss.RunIn(folder.Path, [.. TinyRun.Train(run.Folder), "--profile", "--tensorboard"]).ShouldExitWith(0);

        string events = Assert.Single(Directory.GetFiles(run.Folder, "events.out.tfevents.*"));
        Assert.True(new FileInfo(events).Length > 100 * TinyRun.Steps);
        File.Delete(events);
        Assert.DoesNotContain('\e', result.Output);
        string[] parts = ["data", "main forward", "decoder or prediction network", "heads and losses", "backward", "optimiser", "rest", "whole step"];
        int header = Array.FindIndex(result.OutputLines, line => line.Contains("part of a step", StringComparison.Ordinal));
        Assert.All(parts, part => Assert.Single(
            result.OutputLines[header..], line => line.Contains($" {part} ", StringComparison.Ordinal) && line.Contains(" %", StringComparison.Ordinal)));
        Assert.Contains(result.OutputLines[header..], line => line.Contains('█', StringComparison.Ordinal));
        Assert.Contains($"{TinyRun.Steps - 3} steps of this process, without the first 3 (warm-up)", result.Output, StringComparison.Ordinal);

        JsonObject profile = run.Read("profile.json");
        Assert.Equal((TinyRun.Steps - 3, 3), ((int)profile["steps"]!, (int)profile["warm_up_steps"]!));
        Assert.True((double)profile["median_milliseconds"]! > 0);
        JsonNode[] times = [.. profile["parts"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(
            ["data", "main-forward", "decoder", "heads", "backward", "optimiser", "rest"], times.Select(time => (string?)time["part"]));
        Assert.Equal(1, times.Sum(time => (double)time["share"]!), 1e-6);
        Assert.All(times, time => Assert.True((double)time["share"]! > 0));

        File.Delete(Path.Combine(run.Folder, "profile.json"));
        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void With_nothing_but_warm_up_it_says_so()
    {
        using var folder = new TemporaryFolder();

        CommandResult result = AuxLoss.RunIn(folder.Path, [.. TinyRun.Train(folder["run"], ("steps", "3")), "--profile"]).ShouldExitWith(0);

        Assert.Contains("No step was measured: the first 3 are left out as warm-up.", result.Output, StringComparison.Ordinal);
        Assert.Empty(new RunFiles(folder["run"]).Read("profile.json")["parts"]!.AsArray());
    }
}
