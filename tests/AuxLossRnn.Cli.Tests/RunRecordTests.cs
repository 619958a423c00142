namespace AuxLossRnn.Cli.Tests;

/// <summary>What a run folder says of its run is true of the run that was trained in it, also where many are started at once.</summary>
[Trait("Category", "Slow")]
public sealed class RunRecordTests(ReferenceRun reference) : IDisposable
{
    private const int AtOnce = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_that_are_started_in_one_second_have_a_folder_each()
    {
        CommandResult[] results = StartAtOnce(seed => [.. TinyRun.Train("", ("seed", $"{seed}"), ("steps", "12"))[..^2]]);

        Assert.All(results, result => result.ShouldExitWith(0));
        RunFiles[] runs = [.. Directory.GetDirectories(_folder["runs"]).Select(path => new RunFiles(path))];
        Assert.Equal(Enumerable.Range(1, AtOnce), runs.Select(run => (int)run.Read("config.json")["seed"]!).Order());
        Assert.All(runs, run => Assert.Equal((int)run.Read("config.json")["seed"]!, (int)run.Read("environment.json")["seed"]!));
    }

    [Fact]
    public void Of_runs_that_are_started_in_one_folder_one_trains_and_the_record_is_its_own()
    {
        var run = new RunFiles(_folder["run"]);

        CommandResult[] results = StartAtOnce(seed => TinyRun.Train(run.Folder, ("seed", $"{seed}")));

        (int trained, CommandResult winner) = Assert.Single(results.Index(), one => one.Item.ExitCode == 0);
        Assert.Contains($" seed {trained + 1},", winner.Output, StringComparison.Ordinal);
        Assert.All(results.Where(result => result != winner), result =>
            Assert.Matches($"^(Another process trains in {run.Folder} just now|{run.Folder} already holds a run)", result.ShouldExitWith(2).Error));
        Assert.Equal(trained + 1, (int)run.Read("config.json")["seed"]!);
        Assert.Equal(trained + 1, (int)run.Read("environment.json")["seed"]!);
        var alone = new RunFiles(_folder["alone"]);
        AuxLoss.RunIn(_folder.Path, TinyRun.Train(alone.Folder, ("seed", $"{trained + 1}"))).ShouldExitWith(0);
        run.ShouldEqual(alone);
    }

    [Fact]
    public void A_resume_without_a_checkpoint_says_that_the_run_begins_again_and_keeps_what_there_was()
    {
        RunFiles run = reference.Files.CopyTo(_folder["run"]);
        foreach (string checkpoint in Directory.GetFiles(Path.Combine(run.Folder, "checkpoints"), "*", SearchOption.AllDirectories))
        {
            File.Delete(checkpoint);
        }

        File.Delete(Path.Combine(run.Folder, "summary.json"));
        string before = File.ReadAllText(run.MetricsPath);

        CommandResult result = AuxLoss.RunIn(_folder.Path, TinyRun.Resume(run.Folder)).ShouldExitWith(0);

        Assert.Contains("There is no checkpoint to go on from: the run begins again at step 0.", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(run.Folder, "metrics-1.jsonl")));
        File.Delete(Path.Combine(run.Folder, "metrics-1.jsonl"));
        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void Weights_that_were_chosen_on_the_test_set_are_called_so()
    {
        var run = new RunFiles(_folder["run"]);
        AuxLoss.RunIn(_folder.Path, TinyRun.Train(run.Folder, ("validation-fraction", "0"), ("steps", "20"))).ShouldExitWith(0);

        string said = AuxLoss.Run("evaluate", run.Folder, "--weights", "best").ShouldExitWith(0).OutputLines[0];

        Assert.Contains("best on test (optimistic: nothing is held out) weights, step ", said, StringComparison.Ordinal);
        File.Delete(Path.Combine(run.Folder, "checkpoints/best/weights.safetensors"));
        RefusalTests.Refused(AuxLoss.Run("evaluate", run.Folder, "--weights", "best"), "keeps no best weights", "Take the last ones with --weights last.");
    }

    private CommandResult[] StartAtOnce(Func<int, string[]> arguments)
    {
        ChildProcess[] processes = [.. Enumerable.Range(1, AtOnce).Select(seed => AuxLoss.Start(_folder.Path, arguments(seed)))];
        CommandResult[] results = [.. processes.Select(process => process.Wait())];
        Array.ForEach(processes, process => process.Dispose());
        return results;
    }
}
