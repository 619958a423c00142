using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Figures;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>A sweep in C#, trained in this process. The notebook's host and the console are one for the process.</summary>
[Collection(OneAtATime.Name)]
public sealed class SweepTests : IDisposable
{
    private static readonly ExperimentSpec Start = TinyRun.Spec with { Dataset = "stroke-digits", TrainLimit = 40, TestLimit = 12 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Values_are_text_numbers_null_or_the_kits_own_types()
    {
        Sweep sweep = new(
            "types", Start,
            [
                SweepAxis.Over("model", ModelName.Lstm, "p-gru"), SweepAxis.Over("truncation", Truncation.Full, Truncation.None, 7),
                SweepAxis.Over("regularisation", Regularisation.Dropout), SweepAxis.Over("segment_checkpointing", false), SweepAxis.Over("clip_norm", null, 0.5, 1e-8),
                SweepAxis.Over("segment_placement", SegmentPlacement.Adjacent),
            ],
            [long.MaxValue], _folder.Path);

        Assert.Equal(18, sweep.Points.Count);
        Assert.Equal("model lstm, truncation full, regularisation dropout, segment_checkpointing false, clip_norm none, segment_placement adjacent, seed 9223372036854775807", $"{sweep.Points[0]}");
        Assert.Equal(
            Sweep.Canonical(Start with
            {
                Model = ModelName.Parse("p-gru"),
                Truncation = Truncation.Last(7),
                Regularisation = Regularisation.Dropout,
                ClipNorm = 1e-8,
                SegmentPlacement = SegmentPlacement.Adjacent,
                Seed = long.MaxValue,
            }),
            sweep.Points[^1].Spec);
    }

    [Theory]
    [InlineData("The point hidden 0: Hidden is 0, but must be a whole number above 0.", "hidden", 0)]
    [InlineData("Hidden is 'many', but must be a whole number.", "hidden", "many")]
    [InlineData("'hiden' is no setting of a run. The nearest are hidden, side, header.", "hiden", 1)]
    [InlineData("The seeds of a sweep stand under 'seeds', for all its points: leave 'seed' out.", "seed", 1)]
    [InlineData("The axis 'hidden' has the value '4' twice: leave one out, or name both.", "hidden", 4, 4)]
    [InlineData("The axis 'hidden' has no value: give it one or more.", "hidden")]
    public void What_cannot_be_trained_is_refused_in_the_words_of_code(string problem, string setting, params object[] values) =>
        Assert.Equal(problem, Assert.Throws<UserException>(() => new Sweep("a", Start, [SweepAxis.Over(setting, values)], [1], _folder.Path)).Message);

    [Fact]
    public void So_are_seeds_that_are_none_or_no_others_and_two_axes_of_one_setting()
    {
        Sweep sweep(long[] seeds, params SweepAxis[] axes) => new("a", Start, axes, seeds, _folder.Path);

        Assert.Contains("no seed", Assert.Throws<UserException>(() => sweep([])).Message, StringComparison.Ordinal);
        Assert.Contains("name one twice", Assert.Throws<UserException>(() => sweep([1, 1])).Message, StringComparison.Ordinal);
        var named = new SweepAxis("size", [new SweepValue("small", new Dictionary<string, string> { ["hidden"] = "4" })]);
        Assert.Equal(
            "Two axes set 'hidden': 'hidden' and 'size'. Settings that move together stand in one axis.",
            Assert.Throws<UserException>(() => sweep([1], SweepAxis.Over("hidden", 4), named)).Message);
    }

    [Fact]
    public void It_is_planned_trained_watched_and_collected()
    {
        Sweep sweep = new("tiny", Start, [SweepAxis.Over("model", "lstm", "r-lstm"), SweepAxis.Over("segment", 4, 5)], [1, 2], _folder.Path);
        IReadOnlyList<PlannedRun> plan = sweep.Plan();

        Assert.Equal(8, sweep.Points.Count);
        Assert.Equal([0, 2, 3, 4, 6, 7], plan.Select(run => run.Point.Index)); // an LSTM has no segment
        Assert.All(plan, run => Assert.True(run is { Finished: false, Seconds: > 0, Problem: null }));
        Assert.Matches(@"^auxloss train --dataset stroke-digits --side 4 .*--model lstm .*--truncation 6 .*--threads 1 --out .*-seed1-[0-9a-f]{12} --resume$", plan[0].Command);
        Assert.All(sweep.Status(), one => Assert.Equal((SweepState.Waiting, 0, 0.0), (one.State, one.Steps, one.Done)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        SweepResults results = null!;
        string printed = ClaimTests.Printed(() => results = sweep.Train());

        Assert.Contains("model lstm, segment 4, seed 1: 7 steps", printed, StringComparison.Ordinal);
        Assert.Equal(6, results.All.Count);
        Assert.All(results.Rows, row => Assert.Equal(2, row.Accuracy.Count));
        Assert.Equal(4, results.Table().Rows.Count);
        Assert.Equal(4, results.DifferenceTable().Rows.Count);
        Assert.All(sweep.Status(), one => Assert.Equal((SweepState.Finished, 1.0), (one.State, one.Done)));
        Assert.All(sweep.Plan(), run => Assert.True(run is { Finished: true, Seconds: null, Problem: null }));
        Assert.Equal(6, Directory.GetDirectories(_folder.Path).Length);
        Assert.Empty(ClaimTests.Printed(() => sweep.Train())); // nothing is trained twice
        PointSeries line = Assert.Single(results.Lines("segment", "model", ("model", "r-lstm")));
        Assert.Equal(["4", "5"], line.Points.Select(point => point.Place));
    }

    [Fact]
    public void A_plan_guesses_the_time_of_what_is_not_finished_and_says_why_where_it_cannot()
    {
        Sweep sweep = new("tiny", Start, [SweepAxis.Over("learning_rate", 1e-3, 1e30)], [1, 2], _folder.Path);
        ClaimTests.Printed(() => new Sweep("begun", Start, [], [1], _folder.Path).Train());

        IReadOnlyList<PlannedRun> plan = sweep.Plan();

        Assert.Equal([true, false, false, false], plan.Select(run => run.Finished));
        Assert.Equal([false, false, true, false], plan.Select(run => run.Seconds > 0));
        Assert.Matches("^The [a-z ]+ is [A-Za-z]+ at step [0-9], so training stopped. Try a smaller learning_rate or clip_norm: 1.$", plan[1].Problem);
        Assert.Equal(plan[1].Problem, plan[3].Problem);
        PlannedRun photographs = Assert.Single(new Sweep("dogs", Start with { Dataset = "cifar10", Side = null }, [], [1], _folder.Path).Plan(new DataRoot(_folder["data"])));
        Assert.Equal((null, "its data is not here"), (photographs.Seconds, photographs.Problem));
        Assert.Contains($" --data {_folder["data"]} --out ", photographs.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_cell_goes_on_with_the_run_that_it_was_at()
    {
        Sweep sweep = new("tiny", Start, [], [1, 2], _folder["stopped"]);
        using var stop = new CancellationTokenSource();
        NotebookHost.Stopping = () => stop.Token;
        try
        {
            stop.Cancel();
            ClaimTests.Printed(() => Assert.Throws<OperationCanceledException>(() => sweep.Train()));
        }
        finally
        {
            NotebookHost.Stopping = null;
        }

        Assert.Equal([SweepState.Interrupted, SweepState.Waiting], sweep.Status().Select(one => one.State));
        Sweep whole = new("tiny", Start, [], [1, 2], _folder["whole"]);
        ClaimTests.Printed(() =>
        {
            sweep.Train();
            whole.Train();
        });
        Assert.All(sweep.Points.Zip(whole.Points), pair => Assert.Equal(Metrics(pair.Second), Metrics(pair.First)));
    }

    [Fact]
    public void A_run_that_one_sweep_began_another_goes_on_with_whatever_they_set_that_its_model_does_not_look_at()
    {
        Sweep one = new("one", Start with { Model = "lstm", Segment = 4 }, [], [1], _folder.Path);
        Sweep other = new("other", Start with { Model = "lstm", Segment = 5, Anchors = 2 }, [], [1], _folder.Path);
        RunFolder.Open(one.Points[0].Folder, one.Points[0].Spec, resume: true).Begin(one.Points[0].Spec).Dispose();
        Assert.Equal(SweepState.Interrupted, other.Status()[0].State);

        ClaimTests.Printed(() => other.Train());

        Assert.Equal(SweepState.Finished, one.Status()[0].State);
        Assert.Equal(one.Collect().Rows[0].Accuracies, other.Collect().Rows[0].Accuracies);
    }

    [Fact]
    public async Task A_training_whose_folder_another_process_takes_ends_without_a_checkpoint()
    {
        using RunClaim? claim = await RunClaim.TakeAsync(_folder.Path, TimeSpan.FromMilliseconds(1));
        while (!claim!.Lost.IsCancellationRequested)
        {
            AtomicFile.WriteText(_folder["claim.json"], """{"token":"theirs","machine":"another","process":1,"started":null,"count":1}""");
        }

        OperationCanceledException ended = Assert.Throws<OperationCanceledException>(() => ClaimTests.Printed(() => ResumableRun.TrainOrReadIn(
            _folder["run"], "tiny", TinyRun.Spec, TinyRun.Data, begins: trainer => SweepRecord.Begin(_folder["run"], claim, trainer))));

        Assert.Equal($"Another process has taken over {_folder.Path}, because this one stood still.", ended.Message);
        Assert.False(File.Exists(Path.Combine(_folder["run"], "summary.json")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder["run"], "checkpoints", "last")));
    }

    [Fact]
    public async Task A_run_that_another_process_trains_is_not_trained_here()
    {
        Sweep sweep = new("tiny", Start, [], [1], _folder.Path);
        using RunClaim? theirs = await RunClaim.TakeAsync(sweep.Points[0].Folder);

        Assert.Equal(SweepState.Running, sweep.Status()[0].State);
        Assert.Equal($"Another process trains seed 1 in {sweep.Points[0].Folder} just now. Wait for it, or stop it.", Assert.Throws<UserException>(() => sweep.Train()).Message);
    }

    [Fact]
    public async Task A_run_stands_where_its_folder_says()
    {
        Sweep sweep = new("tiny", Start, [], [1], _folder.Path);
        SweepPoint point = sweep.Points[0];
        SweepStatus status() => Assert.Single(sweep.Status());

        new SweepRecord(null, "No data.").Write(point.Folder);
        Assert.Equal(new SweepStatus(point, SweepState.Failed, 0, null, null, "No data."), status());

        RunFolder folder = RunFolder.Open(point.Folder, point.Spec, resume: true);
        folder.Begin(point.Spec).Dispose();
        new SweepRecord(40, null).Write(point.Folder);
        File.WriteAllText(folder.MetricsPath, "{\"step\":9,\"epoch\":1}\n{\"step\":10,\"epoch\":1}\n{\"step\":11,\"ep");
        Assert.Equal(new SweepStatus(point, SweepState.Interrupted, 10, 40, null, null), status());
        Assert.Equal(0.25, status().Done);

        using (await RunClaim.TakeAsync(point.Folder))
        {
            Assert.Equal(new SweepStatus(point, SweepState.Running, 10, 40, null, null), status());
        }

        new SweepRecord(40, "The loss is no number.").Write(point.Folder);
        Assert.Equal(new SweepStatus(point, SweepState.Failed, 10, 40, null, "The loss is no number."), status());

        File.WriteAllText(Path.Combine(point.Folder, "sweep.json"), "{\"ste"); // of a process that was killed
        Assert.Equal(SweepState.Interrupted, status().State);
    }

    [Fact]
    public void Points_are_found_by_their_labels()
    {
        Sweep sweep = new("tiny", Start, [SweepAxis.Over("hidden", 4, 5), SweepAxis.Over("batch", 5, 6)], [1, 2], _folder.Path);

        Assert.Equal([2, 6], sweep.Where(("hidden", "5"), ("batch", "5")).Select(point => point.Index));
        Assert.Equal(8, sweep.Where().Count);
        Assert.Equal("The sweep tiny has no axis 'size'. It has hidden, batch.", Assert.Throws<UserException>(() => sweep.Where(("size", "5"))).Message);
        Assert.Equal("The axis 'hidden' of tiny has no value '6'. It has 4, 5.", Assert.Throws<UserException>(() => sweep.Where(("hidden", "6"))).Message);
    }

    private static string Metrics(SweepPoint point) => TinyRun.Metrics(RunFolder.Read(point.Folder).Folder);
}
