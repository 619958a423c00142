using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Training;

/// <summary>What happens at which step: phase, epoch and learning rate, each a pure function of the step.</summary>
public sealed class TrainingSchedule
{
    private readonly ExperimentSpec _spec;

    /// <summary>A schedule.</summary>
    /// <param name="spec">Epochs, cap and learning rate.</param>
    /// <param name="examples">The training examples; an incomplete last batch is left out.</param>
    /// <param name="pretrains">Whether any loss counts in pretraining; null where the spec's all do.</param>
    /// <param name="pretrainExamples">The examples of pretraining, with those that have no label; null for the training examples.</param>
    public TrainingSchedule(ExperimentSpec spec, int examples, bool? pretrains = null, int? pretrainExamples = null)
    {
        _spec = spec;
        StepsPerEpoch = Math.Max(1, examples / spec.Batch);
        _stepsPerPretrainEpoch = Math.Max(1, (pretrainExamples ?? examples) / spec.Batch);
        int pretraining = pretrains ?? spec.HasAuxiliaryLoss ? (int)Math.Round(spec.PretrainEpochs * _stepsPerPretrainEpoch) : 0;
        int joint = (int)Math.Round(spec.Epochs * StepsPerEpoch);
        TotalSteps = (int)Math.Min((long)pretraining + joint, spec.Steps ?? int.MaxValue);
        PretrainingSteps = Math.Min(pretraining, TotalSteps);
        _fullPretraining = pretraining;
    }

    /// <summary>The schedule of a run on some data, whose unlabelled examples are pretrained on.</summary>
    /// <param name="spec">Epochs, cap and learning rate.</param>
    /// <param name="data">The data.</param>
    /// <param name="pretrains">Whether any loss counts in pretraining; null where the spec's all do.</param>
    public static TrainingSchedule Of(ExperimentSpec spec, DatasetSplits data, bool? pretrains = null) =>
        new(spec, data.Train.Count, pretrains, spec.UnlabelledShare is null ? null : data.WithUnlabelled?.Count);

    private readonly int _fullPretraining;
    private readonly int _stepsPerPretrainEpoch;

    /// <summary>The steps of an epoch; of pretraining, another number where it has unlabelled examples as well.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>The steps of the first phase.</summary>
    public int PretrainingSteps { get; }

    /// <summary>The steps of both phases together.</summary>
    public int TotalSteps { get; }

    /// <summary>The phase of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public TrainingPhase PhaseAt(int step) => step < PretrainingSteps ? TrainingPhase.Pretraining : TrainingPhase.Joint;

    /// <summary>The pass over the training examples that a step belongs to, from 0.</summary>
    /// <param name="step">The step.</param>
    public int EpochAt(int step)
    {
        // ⌊t₁ / S₁ + t₂ / S₂⌋ over one denominator: exact.
        (long before, long after) = (Math.Min(step, PretrainingSteps), Math.Max(0, step - PretrainingSteps));
        return (int)((before * StepsPerEpoch + after * _stepsPerPretrainEpoch) / ((long)StepsPerEpoch * _stepsPerPretrainEpoch));
    }

    /// <summary>The learning rate of a step (a re-implementation's schedule, or a cosine in the second phase).</summary>
    /// <param name="step">The step.</param>
    public double LearningRateAt(int step)
    {
        if (_spec.LearningRateSchedule == LearningRateSchedule.Cosine && PhaseAt(step) == TrainingPhase.Joint)
        {
            // ηₜ = η · (1 + cos(π t / T₂)) / 2, with t counted from the phase's start.
            double done = (step - PretrainingSteps) / (double)(TotalSteps - PretrainingSteps);
            return _spec.LearningRate * (1 + Math.Cos(Math.PI * done)) / 2;
        }

        // Pretraining: ηₜ = η · 2^(−t / T₁), smoothly down to one half.
        // Joint: η · 2^(−⌊epoch / 300⌋), counted from the phase's start.
        double halvings = PhaseAt(step) == TrainingPhase.Pretraining
            ? (double)step / _fullPretraining
            : Math.Floor((step - PretrainingSteps) / (double)StepsPerEpoch / _spec.HalvingEpochs);
        return _spec.LearningRate * Math.Pow(0.5, halvings);
    }

    /// <summary>Whether the sets are evaluated after a step.</summary>
    /// <param name="done">The steps done.</param>
    public bool EvaluatesAfter(int done) => done == TotalSteps
        || (done > PretrainingSteps && (done - PretrainingSteps) % (_spec.EvaluateEvery ?? StepsPerEpoch) == 0);

    /// <summary>Whether a checkpoint is written after a step.</summary>
    /// <param name="done">The steps done.</param>
    public bool CheckpointsAfter(int done) =>
        EvaluatesAfter(done) || done % (_spec.CheckpointEvery ?? StepsPerEpoch) == 0;
}
