namespace AuxLossRnn.Cli.Tests.Sweeps;

/// <summary>Sweeps on a real Slurm, with what people do to their jobs: they come to the numbers of an undisturbed one.</summary>
[Trait("Category", "Slow")]
public sealed class SlurmTests(SlurmCluster slurm, ReferenceSweep reference) : IClassFixture<SlurmCluster>
{
    [Fact]
    public async Task Elements_that_are_requeued_warned_or_killed_go_on_and_come_to_the_same_table()
    {
        slurm.Start();
        using var sweep = new TinySweep();
        string said = slurm.Submit(sweep);
        string job = SlurmCluster.JobOf(said);
        Assert.Contains("Submitted 6 runs of tiny", said, StringComparison.Ordinal);

        await Task.WhenAll(
            Disturb(1, (element, _) => slurm.Run("scontrol", "requeue", element)),
            Disturb(2, (element, _) => slurm.Run("scancel", "--batch", "--signal=USR1", element)),
            Disturb(3, (element, _) => slurm.Run("scancel", "--batch", "--signal=TERM", element)),
            Disturb(4, (element, _) => slurm.Run("scancel", "--full", "--signal=USR2", element)), // the training gets it too
            Disturb(5, (_, process) => ChildProcesses.Tell(process, ChildProcesses.Kill)));

        // From anywhere that sees the folders.
        Assert.Contains("of 6 runs", sweep.Do("status").ShouldExitWith(0).Output, StringComparison.Ordinal);
        sweep.Do("collect").ShouldExitWith(0);

        string[] elements = [.. Enumerable.Range(0, 6).Select(index => $"{job}_{index}")];
        Assert.All(elements, element => slurm.WaitFor(sweep, element, "COMPLETED"));
        Assert.Equal(["0", "1", "1", "1", "1", "1"], elements.Select(element => slurm.Of(element, "Restarts")));
        Assert.All(elements[1..], element => Assert.Matches("resumed after [1-9]", SlurmCluster.Log(sweep, element)));
        Assert.Contains("failed with exit code 137, and is tried once more", SlurmCluster.Log(sweep, elements[5]), StringComparison.Ordinal);
        Assert.Equal("6 finished of 6 runs", sweep.Do("status").ShouldExitWith(0).OutputLines[^1]);
        sweep.ShouldEqual(reference);

        Task Disturb(int index, Action<string, int> how) =>
            Task.Run(() => how($"{job}_{index}", slurm.WaitForTraining(sweep, $"{job}_{index}", steps: 500))); // past a checkpoint
    }

    [Fact]
    public void What_is_in_the_queue_is_not_submitted_again_and_what_was_cancelled_or_has_ended_trains_no_more()
    {
        slurm.Start();
        using var sweep = new TinySweep("{ options: [--hold] }", whole: false); // waits until it is let go
        string job = SlurmCluster.JobOf(slurm.Submit(sweep));

        Assert.Equal($"1 run of tiny is in the queue or running already, as job {job}.\n", slurm.Submit(sweep));
        slurm.Run("scontrol", "release", job);
        ChildProcesses.Tell(slurm.WaitForTraining(sweep, $"{job}_0"), ChildProcesses.Stop); // it is not to end meanwhile
        Assert.Equal($"1 run of tiny is in the queue or running already, as job {job}.\n", slurm.Submit(sweep));
        Assert.Contains("│ running", sweep.Do("status").ShouldExitWith(0).Output, StringComparison.Ordinal);

        slurm.Run("scancel", $"{job}_0"); // lets it go on, too
        slurm.WaitFor(sweep, $"{job}_0", "CANCELLED");
        Assert.Contains("│ interrupted", sweep.Do("status").ShouldExitWith(0).Output, StringComparison.Ordinal);
        int done = (int)sweep.Points[0].Read("summary.json")["steps"]!;

        string next = SlurmCluster.JobOf(slurm.Submit(sweep));
        slurm.Run("scontrol", "release", next);
        slurm.WaitFor(sweep, $"{next}_0", "COMPLETED");
        Assert.Equal("CANCELLED", slurm.Of($"{job}_0", "JobState"));
        Assert.Contains($"resumed after {done:N0}", SlurmCluster.Log(sweep, $"{next}_0"), StringComparison.Ordinal);
        sweep.ShouldEqual(reference);

        // As after a crash of Slurm's controller.
        string summary = File.ReadAllText(Path.Combine(sweep.Points[0].Folder, "summary.json"));
        slurm.Run("scontrol", "requeue", $"{next}_0");
        SlurmCluster.WaitForLog(sweep, $"{next}_0", "truncation none, seed 1 is finished.");
        slurm.WaitFor(sweep, $"{next}_0", "COMPLETED");
        Assert.Equal(summary, File.ReadAllText(Path.Combine(sweep.Points[0].Folder, "summary.json")));
        Assert.Equal("All runs of tiny are finished.\n", slurm.Submit(sweep));
    }

    [Fact]
    public void An_element_that_fails_is_tried_twice_and_again_by_the_next_submission()
    {
        slurm.Start();
        using var sweep = new TinySweep(whole: false);
        Directory.CreateDirectory(sweep.Points[0].Folder);
        string inTheWay = Path.Combine(sweep.Points[0].Folder, "checkpoints");
        File.WriteAllText(inTheWay, "");

        string job = SlurmCluster.JobOf(slurm.Submit(sweep));
        slurm.WaitFor(sweep, $"{job}_0", "FAILED");

        Assert.Equal("1", slurm.Of($"{job}_0", "Restarts"));
        Assert.Contains(sweep.Do("status").ShouldExitWith(0).OutputLines, line => line.StartsWith("0: The run folder", StringComparison.Ordinal));

        File.Delete(inTheWay);
        slurm.WaitFor(sweep, $"{SlurmCluster.JobOf(slurm.Submit(sweep))}_0", "COMPLETED");
        sweep.ShouldEqual(reference);
    }
}
