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
/// <param name="Seconds">A guess of its time on this machine's threads, from measured steps; null where there is none.</param>
/// <param name="Problem">Why there is none, for a run that is not finished: its data is missing, or its first steps failed.</param>
public sealed record PlannedRun(SweepPoint Point, string Command, bool Finished, double? Seconds, string? Problem)
{
    private const int MeasuredSteps = 4; // after one that is not counted
    private const int MeasuredExamples = 256;

    /// <summary>Plans every run of a sweep, those that come to the same training once, and checks each against its data.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="root">The data root; null for that of the environment.</param>
    /// <exception cref="UserException">A run cannot be trained on its data.</exception>
    public static IReadOnlyList<PlannedRun> Of(Sweep sweep, DataRoot? root = null)
    {
        var guesses = new Dictionary<ExperimentSpec, (double? Seconds, string? Problem)>();
        var data = new Dictionary<DatasetRequest, DatasetSplits?>();
        var planned = new List<PlannedRun>();
        foreach ((SweepPoint point, bool finished) in SweepStatus.OfAll(sweep).Select(one => (one.Point, one.State == SweepState.Finished)))
        {
            ExperimentSpec alike = point.Spec with { Seed = 0 };
            (double? Seconds, string? Problem) guess = default;
            if (!finished && !guesses.TryGetValue(alike, out guess))
            {
                DatasetRequest request = alike.DatasetRequest();
                if (!data.TryGetValue(request, out DatasetSplits? splits))
                {
                    data.Clear(); // one at a time: photographs are large
                    data.Add(request, splits = Open(sweep, point, root));
                }

                if (splits is not null)
                {
                    sweep.Check(point, splits);
                }

                guesses.Add(alike, guess = Guess(point.Spec, splits));
            }

            planned.Add(new PlannedRun(point, CommandOf(point, root), finished, guess.Seconds, guess.Problem));
        }

        return planned;
    }

    /// <summary>The command that trains a point alone.</summary>
    private static string CommandOf(SweepPoint point, DataRoot? root)
    {
        string options = string.Join(' ', SpecValues.OptionsOf(point.Spec));
        string? data = root is null || root == DataRoot.Resolve(null) ? null : Quoted(root.Folder);
        return data is null ? $"auxloss train {options} --threads {TorchThreads.Count} --out {Quoted(point.Folder)} --resume"
            : $"auxloss train {options} --threads {TorchThreads.Count} --data {data} --out {Quoted(point.Folder)} --resume";
    }

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
    private static (double? Seconds, string? Problem) Guess(ExperimentSpec spec, DatasetSplits? data)
    {
        if (data is null)
        {
            return (null, "its data is not here");
        }

        var schedule = TrainingSchedule.Of(spec, data);
        int joint = schedule.TotalSteps - schedule.PretrainingSteps;
        int evaluations = Enumerable.Range(1, schedule.TotalSteps).Count(schedule.EvaluatesAfter);
        SequenceDataset few = data.Test.Subset([.. Enumerable.Range(0, Math.Min(MeasuredExamples, data.Test.Count))]);
        double example = 0;
        double step(double pretraining) => StepMeasurement.Seconds(
            spec with { PretrainEpochs = pretraining }, data with { Validation = data.Validation.Subset([]), Test = few }, MeasuredSteps, out example);
        try
        {
            double seconds = (joint > 0 ? joint * step(0) : 0) + (schedule.PretrainingSteps > 0 ? schedule.PretrainingSteps * step(schedule.TotalSteps) : 0);
            return (seconds + evaluations * example * (data.Validation.Count + data.Test.Count), null);
        }
        catch (TrainingFailedException failure)
        {
            return (null, SweepSettings.Words(failure.Template));
        }
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
