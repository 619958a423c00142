using AuxLossRnn.Experiments.Sweeps;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>What is started when, with attempts that train nothing.</summary>
public sealed class SweepRunnerTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task At_most_so_many_are_trained_at_once_and_each_once_in_the_order_of_the_plan()
    {
        Sweep sweep = Study([1, 2, 3]);
        var started = new List<(SweepPoint Point, TaskCompletionSource<Attempt> End)>();
        SweepRunner runner = Runner(sweep, 2, (point, _) =>
        {
            started.Add((point, new TaskCompletionSource<Attempt>(TaskCreationOptions.RunContinuationsAsynchronously)));
            return started[^1].End.Task;
        });
        Task all = runner.RunAsync(CancellationToken.None);

        // The last first, so that another one may begin while the one before goes on.
        for (int ended = 0; ended < 6; ended++)
        {
            await Until(() => started.Count == Math.Min(6, ended + 2));
            Assert.Equal(Math.Min(2, 6 - ended), started.Count(one => !one.End.Task.IsCompleted));
            started.Last(one => !one.End.Task.IsCompleted).End.SetResult(new Attempt(AttemptOutcome.Finished));
        }

        await all.WaitAsync(Limit);
        Assert.Equal(sweep.Points.Select(point => point.Index), started.Select(one => one.Point.Index));
        Assert.Empty(runner.Failed);
        Assert.Equal(6, _said.Count(line => line.StartsWith("finished: truncation ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_fails_is_tried_once_more_and_then_named_and_the_others_are_trained()
    {
        Sweep sweep = Study([1, 2]);
        var attempts = new List<int>();
        SweepRunner runner = Runner(sweep, 1, (point, _) =>
        {
            attempts.Add(point.Index);
            bool fails = point.Index == 1 || (point.Index == 2 && attempts.Count(one => one == 2) == 1);
            return Task.FromResult(fails ? new Attempt(AttemptOutcome.Failed, $"No {point.Index}.") : new Attempt(AttemptOutcome.Finished));
        });

        await runner.RunAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal([0, 1, 2, 3, 1, 2], attempts);
        Assert.Equal([(sweep.Points[1], "No 1.")], runner.Failed);
        Assert.Contains("failed, and is tried once more: truncation 4, seed 1: No 1.", _said);
        Assert.Contains("failed again: truncation 4, seed 1: No 1.", _said);
        Assert.Contains("finished: truncation 1, seed 2", _said);
    }

    [Fact]
    public async Task What_another_process_trains_is_waited_for_and_trained_on_where_that_one_left_it()
    {
        Sweep sweep = Study([1]);
        RunClaim? theirs = await RunClaim.TakeAsync(sweep.Points[0].Folder);
        var attempts = new List<int>();
        SweepRunner runner = Runner(sweep, 2, (point, _) =>
        {
            attempts.Add(point.Index);
            return Task.FromResult(new Attempt(AttemptOutcome.Finished));
        });
        Task all = runner.RunAsync(CancellationToken.None);
        await Until(() => _said.Count == 2);

        Assert.Equal([1], attempts);
        Assert.Equal(["another process trains it, and is waited for: truncation 1, seed 1", "finished: truncation 4, seed 1"], _said.Order(StringComparer.Ordinal));
        Assert.False(all.IsCompleted);
        theirs!.Dispose();

        await all.WaitAsync(Limit);
        Assert.Equal([1, 0], attempts);
    }

    [Fact]
    public async Task What_was_not_done_is_begun_again()
    {
        int attempts = 0;
        SweepRunner runner = Runner(new Sweep("one", TinyRun.Spec, [], [1], _folder.Path), 1, (_, _) =>
            Task.FromResult(new Attempt(++attempts < 4 ? AttemptOutcome.NotDone : AttemptOutcome.Finished)));

        await runner.RunAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal(4, attempts);
        Assert.Empty(runner.Failed);
    }

    [Fact]
    public async Task When_it_is_cancelled_nothing_more_is_begun_and_what_runs_is_waited_for()
    {
        using var stop = new CancellationTokenSource();
        var end = new TaskCompletionSource<Attempt>();
        int attempts = 0;
        SweepRunner runner = Runner(Study([1, 2]), 1, (_, _) =>
        {
            attempts++;
            return end.Task;
        });
        Task all = runner.RunAsync(stop.Token);

        await stop.CancelAsync();
        Assert.False(all.IsCompleted);
        end.SetResult(new Attempt(AttemptOutcome.NotDone));

        await all.WaitAsync(Limit);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Only_points_with_the_labels_asked_for_are_trained()
    {
        var attempts = new List<string>();
        Sweep sweep = Study([1, 2]);
        SweepRunner runner = Runner(
            sweep, 1, (point, _) =>
            {
                attempts.Add($"{point}");
                return Task.FromResult(new Attempt(AttemptOutcome.Finished));
            },
            ("truncation", "4"));

        await runner.RunAsync(CancellationToken.None).WaitAsync(Limit);

        Assert.Equal(["truncation 4, seed 1", "truncation 4, seed 2"], attempts);
    }

    [Fact]
    public void The_time_left_is_that_of_runs_that_differ_by_their_seed_alone_else_the_mean()
    {
        Sweep sweep = Study([1, 2, 3]); // truncations 1 and 4 of each seed
        SweepStatus status(int index, SweepState state, int steps, double? seconds) => new(sweep.Points[index], state, steps, 100, seconds, null);

        Assert.Null(SweepRunner.Left([status(0, SweepState.Running, 50, null)], 1));
        Assert.Equal(
            TimeSpan.FromSeconds((50 + 60 + 30) / 2.0),
            SweepRunner.Left(
                [
                    status(0, SweepState.Finished, 100, 100), status(2, SweepState.Running, 50, null), status(1, SweepState.Finished, 100, 60),
                    status(3, SweepState.Waiting, 0, null), status(5, SweepState.Interrupted, 50, 1), status(4, SweepState.Failed, 10, 1),
                ],
                2));
        Assert.Equal(
            TimeSpan.FromSeconds(100), SweepRunner.Left([status(0, SweepState.Finished, 100, 100), status(1, SweepState.Waiting, 0, null)], 1));
    }

    private Sweep Study(IReadOnlyList<long> seeds) => new("study", TinyRun.Spec, [SweepAxis.Over("truncation", 1, 4)], seeds, _folder.Path);

    private SweepRunner Runner(
        Sweep sweep, int atOnce, Func<SweepPoint, CancellationToken, Task<Attempt>> attempt, params (string Axis, string Label)[] labels)
    {
        var runner = new SweepRunner(sweep, atOnce, attempt, labels);
        runner.Said += _said.Add;
        return runner;
    }

    private static async Task Until(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!holds())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
