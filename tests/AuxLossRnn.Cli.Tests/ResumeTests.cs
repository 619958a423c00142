namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class ResumeTests(ReferenceRun reference)
{
    private const int Killed = 137; // 128 + SIGKILL

    [Fact]
    public void A_run_killed_at_random_moments_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        KillRepeatedly(run, reference.Files, kills: 4, new Random(2018), TinyRun.Resume(run.Folder));
        CommandResult last = AuxLoss.RunIn(folder.Path, TinyRun.Resume(run.Folder)).ShouldExitWith(0);

        Assert.Contains("resumed after", last.Output, StringComparison.Ordinal);
        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void So_does_one_with_both_losses_another_optimiser_and_two_anchors_an_example()
    {
        (string, string)[] changes =
        [
            ("model", "rp-lstm"), ("optimiser", "adam"), ("anchors", "2"), ("anchor-schedule", "every-example"),
            ("encoding", "embedding"), ("encoding-size", "4"), ("regularisation", "dropout"), ("truncation", "full"), ("epochs", "2"),
        ];
        using var folder = new TemporaryFolder();
        var expected = new RunFiles(folder["expected"]);
        var run = new RunFiles(folder["run"]);
        AuxLoss.RunIn(folder.Path, TinyRun.Train(expected.Folder, changes)).ShouldExitWith(0);

        KillRepeatedly(run, expected, kills: 2, new Random(1), TinyRun.Resume(run.Folder, changes));
        AuxLoss.RunIn(folder.Path, TinyRun.Resume(run.Folder, changes)).ShouldExitWith(0);

        run.ShouldEqual(expected);
    }

    [Fact]
    public void A_finished_run_can_be_lengthened_as_if_it_had_been_longer_from_the_start()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFiles(folder["run"]);

        AuxLoss.RunIn(folder.Path, TinyRun.Train(run.Folder, ("epochs", "4"))).ShouldExitWith(0);
        AuxLoss.RunIn(folder.Path, TinyRun.Resume(run.Folder)).ShouldExitWith(0);

        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void Resuming_a_finished_run_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        RunFiles run = reference.Files.CopyTo(folder["run"]);

        AuxLoss.RunIn(folder.Path, TinyRun.Resume(run.Folder)).ShouldExitWith(0);

        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_goes_when_the_run_is_resumed()
    {
        using var folder = new TemporaryFolder();
        RunFiles run = reference.Files.CopyTo(folder["run"]);
        foreach (string path in new[] { run.ConfigPath, run.LastWeightsPath, run.BestWeightsPath })
        {
            File.WriteAllText($"{path}.4711.0123456789abcdef0123456789abcdef.tmp", "half");
        }

        AuxLoss.RunIn(folder.Path, TinyRun.Resume(run.Folder)).ShouldExitWith(0);

        run.ShouldBeTidy();
    }

    /// <summary>Starts a run again and again, each time killing it when its metrics have a random number of lines.</summary>
    private static void KillRepeatedly(RunFiles run, RunFiles expected, int kills, Random random, string[] arguments)
    {
        // Each kill has a part of the run to itself, so that each process gets further than the one before. The last
        // part stays free: a process that is to be killed there might have ended.
        int part = expected.Metrics().Length / (kills + 1);
        int killed = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            int lines = kill * part + random.Next(1, part + 1);
            using ChildProcess process = AuxLoss.Start(Path.GetDirectoryName(run.Folder)!, arguments);
            if (process.WaitForLines(run.MetricsPath, lines))
            {
                process.Kill();
            }

            CommandResult result = process.Wait();
            TestContext.Current.TestOutputHelper!.WriteLine($"kill at {lines} lines: exit code {result.ExitCode}, {run.Metrics().Length} lines");
            Assert.True(result.ExitCode == 0 || (result.ExitCode == Killed) == !OperatingSystem.IsWindows(), $"{result}");
            killed += result.ExitCode == 0 ? 0 : 1;
        }

        Assert.True(killed > 0, "Every process was done before it could be killed.");
    }
}
