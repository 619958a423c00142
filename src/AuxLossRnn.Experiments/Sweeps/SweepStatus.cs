using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>Where a run of a sweep stands.</summary>
public enum SweepState
{
    /// <summary>Nothing is done.</summary>
    Waiting,

    /// <summary>A process trains it, here or on another machine that shares the folder.</summary>
    Running,

    /// <summary>Begun, with nobody training it; the next run goes on from its checkpoint.</summary>
    Interrupted,

    /// <summary>The last attempt failed.</summary>
    Failed,

    /// <summary>Done.</summary>
    Finished,
}

/// <summary>Where a run of a sweep stands.</summary>
/// <param name="Point">The run.</param>
/// <param name="State">Its state.</param>
/// <param name="Steps">The steps done.</param>
/// <param name="Of">The steps it will have done; null while that is unknown.</param>
/// <param name="Seconds">The time that they took, as far as it is known.</param>
/// <param name="Failure">What the last failed attempt said; null for none.</param>
public sealed record SweepStatus(SweepPoint Point, SweepState State, int Steps, int? Of, double? Seconds, string? Failure)
{
    private const int TailBytes = 4096; // a line of metrics.jsonl is some hundred

    /// <summary>The part that is done, in [0, 1].</summary>
    public double Done => State == SweepState.Finished ? 1 : Of is int total and > 0 ? Math.Min(1, Steps / (double)total) : 0;

    /// <summary>Looks at every run of a sweep, from any machine that sees its folders; those that come to the same training once.</summary>
    /// <param name="sweep">The sweep.</param>
    public static IReadOnlyList<SweepStatus> OfAll(Sweep sweep)
    {
        var kept = new Dictionary<ExperimentSpec, MeasuredResult>();
        foreach (MeasuredResult result in sweep.Collect().All)
        {
            kept.TryAdd(Sweep.Canonical(result.Config), result);
        }

        return [.. sweep.Distinct.Select(point => kept.TryGetValue(point.Spec, out MeasuredResult? result)
            ? new SweepStatus(point, SweepState.Finished, result.Summary.Steps, result.Summary.Steps, result.Summary.WallSeconds, null)
            : OfPoint(point))];
    }

    /// <summary>Looks at the folder of one run.</summary>
    /// <param name="point">The run.</param>
    public static SweepStatus OfPoint(SweepPoint point)
    {
        SweepRecord record = SweepRecord.Read(point.Folder);
        bool held = RunClaim.IsHeld(point.Folder);
        if (!RunFolder.Exists(point.Folder))
        {
            SweepState begins = held ? SweepState.Running : record.Failure is null ? SweepState.Waiting : SweepState.Failed;
            return new SweepStatus(point, begins, 0, record.Steps, null, record.Failure);
        }

        RunFolder folder = RunFolder.Read(point.Folder).Folder;
        RunSummary? summary = folder.ReadSummary();
        SweepState state = held ? SweepState.Running
            : summary is { Status: RunStatus.Finished } ? SweepState.Finished
            : record.Failure is not null ? SweepState.Failed
            : SweepState.Interrupted;
        return new SweepStatus(point, state, LastStep(folder.MetricsPath), record.Steps, summary?.WallSeconds, record.Failure);
    }

    /// <summary>The step of the last whole line, without reading the lines before.</summary>
    private static int LastStep(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
        using var reader = new StreamReader(stream);
        string tail = reader.ReadToEnd();
        int last = 0;
        foreach (string line in tail.Split('\n')[..^1])
        {
            int at = line.IndexOf("\"step\":", StringComparison.Ordinal);
            if (at >= 0)
            {
                string digits = new([.. line[(at + 7)..].TakeWhile(char.IsAsciiDigit)]);
                last = digits.Length > 0 ? int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture) : last;
            }
        }

        return last;
    }
}
