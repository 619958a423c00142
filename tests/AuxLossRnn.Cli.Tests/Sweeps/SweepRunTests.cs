using AuxLossRnn.Experiments.Sweeps;

namespace AuxLossRnn.Cli.Tests.Sweeps;

[Trait("Category", "Slow")]
public sealed class SweepRunTests(ReferenceStudy reference)
{
    private const int Kill = 9;

    [Fact]
    public void A_sweep_says_what_has_ended_and_run_again_trains_nothing()
    {
        TinyStudy study = reference.Study;
        string[] lines = reference.Result.OutputLines;

        Assert.Equal("4 finished of 4 runs", lines[^1]);
        Assert.Equal(
            ["finished: model lstm, seed 1", "finished: model lstm, seed 2", "finished: model r-lstm, seed 1", "finished: model r-lstm, seed 2"],
            lines[..^1].Order(StringComparer.Ordinal));
        DateTime[] written = [.. study.Runs.Select(run => File.GetLastWriteTimeUtc(run.LastWeightsPath))];
        Assert.Equal("4 finished of 4 runs\n", study.Sweep("run").ShouldExitWith(0).Output);
        Assert.Equal("model r-lstm, seed 1 is finished.\n", study.Sweep("run", "--only", "1").ShouldExitWith(0).Output);
        Assert.Equal(written, study.Runs.Select(run => File.GetLastWriteTimeUtc(run.LastWeightsPath)));
        Assert.Equal(4, study.Sweep("status").Output.Split("finished │").Length - 1);
    }

    [Fact]
    public void A_sweep_killed_at_random_moments_ends_with_the_same_bits()
    {
        const int kills = 4;
        using var study = new TinyStudy();
        var random = new Random(2018);
        for (int kill = 0; kill < kills; kill++)
        {
            // Each kill has a part of the lines to itself; the last part stays free.
            int lines = reference.Study.Lines * kill / (kills + 1) + random.Next(reference.Study.Lines / (kills + 1));
            using ChildProcess process = study.Start();
            if (process.WaitUntil(() => study.Lines >= lines))
            {
                process.Kill(withChildren: kill % 2 == 0);
            }

            CommandResult result = process.Wait().ShouldExitWith(128 + Kill);
            TestContext.Current.TestOutputHelper!.WriteLine($"kill at {lines} lines: {study.Lines} lines");
        }

        using ChildProcess last = study.Start();
        Assert.Contains("4 finished of 4 runs", last.Wait().ShouldExitWith(0).Output, StringComparison.Ordinal);

        study.ShouldEqual(reference.Study);
    }

    [Theory]
    [InlineData("SIGINT", SignalTests.Interrupt)]
    [InlineData("SIGTERM", SignalTests.Terminate)]
    public void A_signal_stops_all_runs_with_checkpoints_from_which_they_go_on(string name, int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that one process can send to another.");
        Assert.SkipWhen(SignalTests.Ignores(signal), $"The tests were started with {name} ignored, and child processes inherit that.");
        using var study = new TinyStudy();

        using (ChildProcess process = study.Start())
        {
            // The first may have ended by the time the second has begun.
            Assert.True(process.WaitUntil(() => study.Runs.Count(run => ChildProcess.CountLines(run.MetricsPath) > 3) == 2), $"It ended before it could be sent {name}.");
            Assert.Equal(0, ChildProcesses.Send(process.Id, signal));
            CommandResult stopped = process.Wait().ShouldExitWith(130);
            Assert.Matches("(^|\n)(1 finished, )?[12] interrupted, [12] waiting of 4 runs\n$", stopped.Output);
            Assert.Empty(stopped.Error);
        }

        Assert.Empty(study.Processes());
        Assert.All(study.Runs, run =>
        {
            Assert.Matches("^(interrupted|finished)$", (string?)run.Read("summary.json")["status"]);
            Assert.True(File.Exists(run.LastWeightsPath));
        });
        if (signal == SignalTests.Terminate)
        {
            Assert.Contains("│ interrupted │", study.Sweep("status").ShouldExitWith(0).Output, StringComparison.Ordinal);
            study.Sweep("run").ShouldExitWith(0);
            study.ShouldEqual(reference.Study);
        }
    }

    [Fact]
    public void It_can_be_watched_and_collected_while_it_runs()
    {
        using var study = new TinyStudy();
        using ChildProcess process = study.Start(atOnce: 1);
        Assert.True(process.WaitUntil(() => study.Lines > 3));
        Assert.All(study.Processes(), child => Assert.Equal(0, ChildProcesses.Send(child, ChildProcesses.Stop)));

        string status = study.Sweep("status").ShouldExitWith(0).Output;
        string[] collected = study.Collected();

        Assert.Contains("1 running, 3 waiting of 4 runs", status, StringComparison.Ordinal);
        Assert.Matches("model lstm, seed 1 +│ running │ +[0-9]+ of 66 │", status);
        Assert.Equal(["model,n,accuracy_mean,accuracy_deviation,accuracy_low,accuracy_high,on_validation_mean,steps_mean,seeds", "lstm,0,,,,,,,", "r-lstm,0,,,,,,,"], collected);
        process.Kill(withChildren: true);
    }

    [Fact]
    public void A_run_whose_process_is_killed_is_tried_once_more()
    {
        using var study = new TinyStudy();
        using ChildProcess process = study.Start(2, "--where", "model=lstm");
        Assert.True(process.WaitUntil(() => study.Lines > 3));

        Assert.All(study.Processes().Take(1), child => Assert.Equal(0, ChildProcesses.Send(child, Kill)));

        CommandResult result = process.Wait().ShouldExitWith(0);
        Assert.Single(result.OutputLines, line => line.StartsWith("failed, and is tried once more: model lstm, seed ", StringComparison.Ordinal)
            && line.EndsWith(": The process ended with exit code 137.", StringComparison.Ordinal));
        Assert.EndsWith("2 finished of 2 runs\n", result.Output, StringComparison.Ordinal);
        Assert.All(study.Runs.Zip(reference.Study.Runs), pair => pair.First.ShouldHaveTheNumbersOf(pair.Second)); // the first two by name
    }

    [Fact]
    public void What_fails_twice_is_named_with_its_sentence_and_the_others_are_trained()
    {
        using var study = new TinyStudy("""
            base: { side: 7, train_limit: 200, test_limit: 50, hidden: 8, feed_forward_hidden: 8, batch: 16, encoding: raw, model: lstm, steps: 20 }
            axes:
              - learning_rate: [1e30, 1e-3, 1e-4]
            seeds: [1]
            runs: runs
            """);
        SweepPoint[] points = [.. SweepFile.Read(study.File).Points];
        Directory.CreateDirectory(study["runs"]);
        File.WriteAllText(points[2].Folder, "in the way");

        CommandResult result = study.Sweep("run").ShouldExitWith(1);

        string[] errors = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, errors.Length);
        Assert.Contains(errors, line => line.StartsWith("Failed twice: learning_rate 1e30, seed 1: The ", StringComparison.Ordinal)
            && line.EndsWith($"(all it said: {points[0].Folder}/log.txt)", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.StartsWith($"Failed twice: learning_rate 1e-4, seed 1: {points[2].Folder} cannot be written: ", StringComparison.Ordinal));
        Assert.Contains("finished: learning_rate 1e-3, seed 1\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, result.OutputLines.Count(line => line.StartsWith("failed, and is tried once more: ", StringComparison.Ordinal)));
        Assert.EndsWith("1 finished, 1 failed, 1 waiting of 3 runs\n", result.Output, StringComparison.Ordinal);
        CommandResult status = study.Sweep("status").ShouldExitWith(0);
        Assert.Contains(status.OutputLines, line => line.StartsWith("0: The ", StringComparison.Ordinal) && line.Contains("Try a smaller", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_that_train_one_sweep_share_the_work()
    {
        using var study = new TinyStudy();
        using ChildProcess one = study.Start();
        using ChildProcess other = study.Start();

        CommandResult[] results = [one.Wait().ShouldExitWith(0), other.Wait().ShouldExitWith(0)];

        string[] finished = [.. results.SelectMany(result => result.OutputLines).Where(line => line.StartsWith("finished: ", StringComparison.Ordinal))];
        Assert.Equal(4, finished.Distinct().Count());
        Assert.All(study.Runs, run => Assert.Single(File.ReadLines(Path.Combine(run.Folder, "log.txt")), line => line.Contains(" steps (", StringComparison.Ordinal)));
        Assert.DoesNotContain(results, result => result.Output.Contains("failed", StringComparison.Ordinal));
        study.ShouldEqual(reference.Study);
    }

    [Fact]
    public void The_plan_names_the_command_that_trains_a_run_by_hand_to_the_same_numbers()
    {
        using var study = new TinyStudy();
        CommandResult plan = study.Sweep("plan").ShouldExitWith(0);
        string[] command = plan.OutputLines.SkipWhile(line => !line.StartsWith("# 1: model r-lstm, seed 1: about 0:00:0", StringComparison.Ordinal)).ElementAt(1).Split(' ');
        Assert.Matches("^study: 4 points; 0 finished, 4 to train, about 0:00:[0-9]{2} one after the other with these threads.$", plan.OutputLines[^1]);
        Assert.Empty(study.Runs);

        Assert.Equal("auxloss", command[0]);
        AuxLoss.Run(command[1..]).ShouldExitWith(0);

        string folder = Assert.Single(study.Runs).Folder;
        study.Runs[0].ShouldHaveTheNumbersOf(reference.Study.Runs.Single(run => Path.GetFileName(run.Folder) == Path.GetFileName(folder)));
        CommandResult then = study.Sweep("plan").ShouldExitWith(0);
        Assert.Contains("# 1: model r-lstm, seed 1: finished\n", then.Output, StringComparison.Ordinal);
        Assert.Contains("; 1 finished, 3 to train", then.Output, StringComparison.Ordinal);
    }
}
