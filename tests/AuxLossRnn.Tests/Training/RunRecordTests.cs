using System.Text.Json;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>What a run folder says of its run is true of the run that was trained in it, whoever else tried to and however often it was started.</summary>
[Collection(OneAtATime.Name)]
public sealed class RunRecordTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with { Model = ModelName.RLstm, PretrainEpochs = 0, Epochs = 9, Steps = 6, EvaluateEvery = 3 };

    private readonly TemporaryFolder _temporary = new();

    private string Path => _temporary["run"];

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Opening_a_folder_writes_no_file()
    {
        using var trainer = new Trainer(Spec, TinyRun.Data, RunFolder.Open(Path, Spec, resume: false));

        Assert.Empty(Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Of_several_that_opened_one_folder_the_record_is_that_of_the_one_that_trains()
    {
        ExperimentSpec[] specs = [.. Enumerable.Range(1, 4).Select(seed => Spec with { Seed = seed })];
        Trainer[] trainers = [.. specs.Select(spec => new Trainer(spec, TinyRun.Data, RunFolder.Open(Path, spec, resume: seed(spec) == 3)))];
        using (RunFolder.Open(Path, specs[1], resume: false).Begin(specs[1]))
        {
            Assert.All(trainers, trainer => Assert.Contains("Another process trains in", Refused(() => trainer.Run())));
            Assert.Equal(specs[1], RunFolder.Read(Path).Spec);
        }

        // It has ended: the others may not take its folder, though it was empty when they opened it.
        Assert.Contains("already holds a run", Refused(() => trainers[0].Run()));
        Assert.Contains("Seed is 2 there and 3 here", Refused(() => trainers[2].Run()));
        Assert.Equal(["config.json"], Directory.EnumerateFiles(Path).Select(System.IO.Path.GetFileName));
        Array.ForEach(trainers, trainer => trainer.Dispose());

        static long seed(ExperimentSpec spec) => spec.Seed;
    }

    [Fact]
    public void One_that_waited_while_another_went_on_goes_on_from_where_that_one_came_to()
    {
        RunFolder folder = Stopped(at: 2);
        using var waited = new Trainer(Spec, TinyRun.Data, RunFolder.Open(Path, Spec, resume: true));
        Assert.Equal(2, waited.Resume());
        using (var other = new Trainer(Spec, TinyRun.Data, RunFolder.Open(Path, Spec, resume: true)))
        {
            Stop(other, at: 4);
        }

        waited.Run();

        Assert.Equal(Enumerable.Range(1, 6), folder.Steps().Select(step => step.Step));
        using var undisturbed = new Trainer(Spec, TinyRun.Data, RunFolder.Open(_temporary["whole"], Spec, resume: false));
        undisturbed.Run();
        TrainerResumeTests.AssertEqual(RunFolder.Read(_temporary["whole"]).Folder, folder);
    }

    [Fact]
    public void Each_start_keeps_its_machine()
    {
        RunFolder folder = Stopped(at: 2);
        RunEnvironment first = Environment(folder);
        Assert.Null(first.Resumed);
        Assert.DoesNotContain("resumed", File.ReadAllText(folder.EnvironmentPath));

        using (var trainer = new Trainer(Spec, TinyRun.Data, RunFolder.Open(Path, Spec, resume: true)))
        {
            Stop(trainer, at: 3);
            trainer.Run();
        }

        RunEnvironment now = Environment(folder);
        Assert.Equal(first, now with { Resumed = null });
        Assert.Equal([2, 3], now.Resumed!.Select(start => start.Step));
        Assert.All(now.Resumed!, start => Assert.True(start.Environment.Started > first.Started));
    }

    [Fact]
    public void A_run_that_came_to_no_checkpoint_begins_again_and_what_it_wrote_stays()
    {
        for (int start = 0; start < 3; start++)
        {
            RunFolder opened = RunFolder.Open(Path, Spec, resume: true);
            Assert.Equal(start > 0, opened.BeginsAgain);
            using var trainer = new Trainer(Spec, TinyRun.Data, opened);
            trainer.StepDone += step => _ = step.Step == 2 + start ? throw new InvalidOperationException("killed") : 0;
            Assert.Throws<InvalidOperationException>(() => trainer.Run());
        }

        RunFolder folder = RunFolder.Read(Path).Folder;
        int[] lines = [.. new[] { "metrics-1.jsonl", "metrics-2.jsonl", "metrics.jsonl" }.Select(name => File.ReadLines(System.IO.Path.Combine(Path, name)).Count(line => !line.Contains("\"split\"")))];
        Assert.Equal([2, 3, 4], lines);
        Assert.Equal([0, 0], Environment(folder).Resumed!.Select(start => start.Step));
    }

    [Fact]
    public void A_folder_with_files_of_a_start_that_was_killed_before_it_had_a_config_is_taken_by_another_run()
    {
        RunFolder first = RunFolder.Open(Path, Spec, resume: false);
        first.Begin(Spec, [ReconstructionLoss(3)]).Dispose();
        File.Delete(first.ConfigPath);

        using var trainer = new Trainer(Spec, TinyRun.Data, RunFolder.Open(Path, Spec, resume: false));
        trainer.Run();

        Assert.DoesNotContain("\"weight\": 3,", File.ReadAllText(first.LossesPath));

        static LossPart ReconstructionLoss(double weight) => ModelParts.Of(Spec).Losses[0] with { Weight = weight };
    }

    [Fact]
    public void Best_weights_say_what_they_were_chosen_on_and_where_there_are_none_the_last_ones_are_named()
    {
        RunFolder folder = Stopped(at: 6);
        Assert.Equal("validation", SafetensorsReader.Read(folder.WeightsPath(best: true)).Metadata[RunFolder.ChosenOnKey]);

        ExperimentSpec nothingHeldOut = Spec with { ValidationFraction = 0 };
        RunFolder other = RunFolder.Open(_temporary["test"], nothingHeldOut, resume: false);
        using (var trainer = new Trainer(nothingHeldOut, TinyRun.Data with { Validation = TinyRun.Data.Validation.Take(0) }, other))
        {
            trainer.Run();
        }

        Assert.Equal("test", SafetensorsReader.Read(other.WeightsPath(best: true)).Metadata[RunFolder.ChosenOnKey]);
        File.Delete(other.BestWeightsPath);
        Assert.EndsWith("Take the last ones with best = false.", Refused(() => other.WeightsPath(best: true)));
        File.Delete(other.LastWeightsPath);
        Assert.Contains("came to no checkpoint. Go on with it with resume = true", Refused(() => other.WeightsPath(best: true)));
    }

    private static RunEnvironment Environment(RunFolder folder) =>
        JsonSerializer.Deserialize<RunEnvironment>(File.ReadAllText(folder.EnvironmentPath), KitJson.Indented)!;

    private static string Refused(Action action) => Assert.Throws<UserException>(action).Message;

    private RunFolder Stopped(int at)
    {
        RunFolder folder = RunFolder.Open(Path, Spec, resume: false);
        using var trainer = new Trainer(Spec, TinyRun.Data, folder);
        Stop(trainer, at);
        return folder;
    }

    private static void Stop(Trainer trainer, int at)
    {
        using var stop = new CancellationTokenSource();
        void look(StepMetrics step) => _ = step.Step == at ? stop.CancelAsync() : null;
        trainer.StepDone += look;
        trainer.Run(stop.Token);
        trainer.StepDone -= look;
    }
}
