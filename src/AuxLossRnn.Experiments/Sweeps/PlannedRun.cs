using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>A run of a sweep before it is trained.</summary>
/// <param name="Point">The run.</param>
/// <param name="Command">The command that trains it, alone and to the same numbers.</param>
/// <param name="Finished">Whether it is trained already.</param>
/// <param name="Seconds">A guess of its time on this machine's threads, from measured steps; null where its data is missing.</param>
public sealed record PlannedRun(SweepPoint Point, string Command, bool Finished, double? Seconds)
{
    private const int MeasuredSteps = 4; // after one that is not counted
    private const int MeasuredExamples = 256;

    /// <summary>Plans every run of a sweep, those that come to the same training once, and checks each against its data.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="root">The data root; null for that of the environment.</param>
    /// <exception cref="UserException">A run cannot be trained on its data.</exception>
    public static IReadOnlyList<PlannedRun> Of(Sweep sweep, DataRoot? root = null)
    {
        var seconds = new Dictionary<ExperimentSpec, double?>();
        var data = new Dictionary<DatasetRequest, DatasetSplits?>();
        var planned = new List<PlannedRun>();
        foreach (SweepStatus status in SweepStatus.OfAll(sweep))
        {
            ExperimentSpec spec = status.Point.Spec;
            ExperimentSpec alike = Sweep.Canonical(spec) with { Seed = 0 };
            if (!seconds.TryGetValue(alike, out double? guess))
            {
                DatasetRequest request = spec.DatasetRequest() with { Seed = sweep.Seeds[0] };
                if (!data.TryGetValue(request, out DatasetSplits? splits))
                {
                    data.Clear(); // one at a time: photographs are large
                    data.Add(request, splits = Open(sweep, status.Point, root));
                }

                if (splits is not null)
                {
                    sweep.Check(status.Point, splits);
                }

                seconds.Add(alike, guess = splits is null || status.State == SweepState.Finished ? null : Guess(spec, splits));
            }

            planned.Add(new PlannedRun(status.Point, CommandOf(status.Point, root), status.State == SweepState.Finished, guess));
        }

        return planned;
    }

    /// <summary>The command that trains a point alone.</summary>
    private static string CommandOf(SweepPoint point, DataRoot? root) => string.Join(
        ' ',
        [
            "auxloss train", .. SpecValues.OptionsOf(point.Spec), "--threads", $"{TorchThreads.Count}",
            .. root is null || root == DataRoot.Resolve(null) ? [] : new[] { "--data", Quoted(root.Folder) }, "--out", Quoted(point.Folder), "--resume",
        ]);

    private static DatasetSplits? Open(Sweep sweep, SweepPoint point, DataRoot? root)
    {
        try
        {
            return sweep.Open(point, root);
        }
        catch (UserException missing) when (missing.Message.Contains("auxloss data fetch", StringComparison.Ordinal))
        {
            return null; // the plan is of use without the data too
        }
    }

    /// <summary>Steps of each phase, and the evaluation of some examples, measured and multiplied.</summary>
    private static double Guess(ExperimentSpec spec, DatasetSplits data)
    {
        var schedule = new TrainingSchedule(spec, data.Train.Count);
        int joint = schedule.TotalSteps - schedule.PretrainingSteps;
        int evaluations = Enumerable.Range(1, schedule.TotalSteps).Count(schedule.EvaluatesAfter);
        SequenceDataset few = data.Test.Subset([.. Enumerable.Range(0, Math.Min(MeasuredExamples, data.Test.Count))]);
        double example = 0;
        double step(double pretraining) => StepMeasurement.Seconds(
            spec with { PretrainEpochs = pretraining }, data with { Validation = data.Validation.Subset([]), Test = few }, MeasuredSteps, out example);
        double seconds = (joint > 0 ? joint * step(0) : 0) + (schedule.PretrainingSteps > 0 ? schedule.PretrainingSteps * step(schedule.TotalSteps) : 0);
        return seconds + evaluations * example * (data.Validation.Count + data.Test.Count);
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
