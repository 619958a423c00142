using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>How the attempt to train a point ended.</summary>
public enum AttemptOutcome
{
    /// <summary>The run is finished.</summary>
    Finished,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was interrupted, with a checkpoint, or another process trains it.</summary>
    NotDone,
}

/// <summary>An attempt to train a point.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Failure">What went wrong, a sentence; null for nothing.</param>
public sealed record Attempt(AttemptOutcome Outcome, string? Failure = null);

/// <summary>Trains what of a sweep is not finished, several runs at a time, each as a process of its own.</summary>
/// <param name="sweep">The sweep.</param>
/// <param name="atOnce">How many runs at a time.</param>
/// <param name="attempt">Trains one point to its end.</param>
/// <param name="labels">Axes and labels that a point must have to be trained; none for all points.</param>
public sealed class SweepRunner(
    Sweep sweep, int atOnce, Func<SweepPoint, CancellationToken, Task<Attempt>> attempt, IReadOnlyList<(string Axis, string Label)> labels)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _failedOnce = [];
    private readonly List<(SweepPoint Point, string? Failure)> _failed = [];
    private readonly HashSet<string> _elsewhere = [];

    /// <summary>Raised about once a second, with where each run stands and the time left.</summary>
    public event Action<IReadOnlyList<SweepStatus>, TimeSpan?>? Progress;

    /// <summary>Raised with a sentence for what is worth a line of its own: a run that has ended, or failed.</summary>
    public event Action<string>? Said;

    /// <summary>The runs that failed twice, each with what it said.</summary>
    public IReadOnlyList<(SweepPoint Point, string? Failure)> Failed => _failed;

    /// <summary>Trains until all is finished, here or by another process, has failed twice, or is cancelled.</summary>
    /// <param name="cancellation">Starts nothing more, and waits for what runs to write its checkpoints.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        HashSet<string> wanted = [.. sweep.Where(labels).Select(point => point.Folder)];
        IReadOnlyList<SweepStatus> statuses = [.. sweep.Status().Where(one => wanted.Contains(one.Point.Folder))];
        List<SweepPoint> waiting = [.. statuses.Select(one => one.Point)];
        var running = new Dictionary<Task<Attempt>, SweepPoint>();
        while (true)
        {
            var states = statuses.ToDictionary(one => one.Point.Folder, one => one.State);
            waiting.RemoveAll(point => states[point.Folder] == SweepState.Finished);
            foreach (SweepPoint next in waiting.ToArray())
            {
                if (running.Count >= atOnce || cancellation.IsCancellationRequested)
                {
                    break;
                }

                if (states[next.Folder] != SweepState.Running)
                {
                    waiting.Remove(next);
                    running.Add(attempt(next, cancellation), next);
                }
                else if (_elsewhere.Add(next.Folder))
                {
                    Said?.Invoke($"another process trains it, and is waited for: {next}");
                }
            }

            if (running.Count == 0 && (waiting.Count == 0 || cancellation.IsCancellationRequested))
            {
                return;
            }

            await Task.WhenAny([.. running.Keys, Task.Delay(BetweenLooks, CancellationToken.None)]);
            foreach ((Task<Attempt> ended, SweepPoint point) in running.Where(one => one.Key.IsCompleted).ToArray())
            {
                running.Remove(ended);
                Take(point, await ended, waiting);
            }

            statuses = [.. statuses.Select(one => one.State == SweepState.Finished ? one : SweepStatus.OfPoint(one.Point))];
            Progress?.Invoke(statuses, Left(statuses, atOnce));
        }
    }

    /// <summary>A guess of the time left: a run takes as long as those that differ by their seed alone took, else as the mean of all.</summary>
    /// <param name="statuses">Where the runs stand.</param>
    /// <param name="atOnce">How many are trained at a time.</param>
    /// <returns>The time; null while nothing is known.</returns>
    public static TimeSpan? Left(IReadOnlyList<SweepStatus> statuses, int atOnce)
    {
        var known = statuses.Where(one => one is { State: SweepState.Finished, Seconds: not null })
            .ToLookup(one => Alike(one.Point), one => one.Seconds!.Value);
        double[] all = [.. known.SelectMany(group => group)];
        if (all.Length == 0)
        {
            return null;
        }

        double left = statuses.Where(one => one.State is not (SweepState.Finished or SweepState.Failed)).Sum(one =>
            (1 - one.Done) * known[Alike(one.Point)].DefaultIfEmpty(all.Average()).Average());
        return TimeSpan.FromSeconds(left / atOnce);
    }

    private static ExperimentSpec Alike(SweepPoint point) => point.Spec with { Seed = 0 };

    private void Take(SweepPoint point, Attempt ended, List<SweepPoint> waiting)
    {
        switch (ended.Outcome)
        {
            case AttemptOutcome.Finished:
                Said?.Invoke($"finished: {point}");
                break;
            case AttemptOutcome.NotDone:
                waiting.Add(point);
                break;
            default:
                bool again = !_failedOnce.Add(point.Folder);
                Said?.Invoke($"failed{(again ? " again" : ", and is tried once more")}: {point}: {ended.Failure}");
                if (again)
                {
                    _failed.Add((point, ended.Failure));
                }
                else
                {
                    waiting.Add(point);
                }

                break;
        }
    }

    /// <summary>The file in a run folder that holds what its processes said.</summary>
    public const string LogName = "log.txt";
}
