using System.Diagnostics;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Trains one model by one spec. Dispose it to free the weights.</summary>
/// <remarks>
/// The algorithm is <see cref="Run"/> and <see cref="Step"/>. Beside it stand the route of each gradient (<see cref="GradientRoutes"/>), what happens
/// at which step (<see cref="TrainingSchedule"/>), the next batch (<see cref="BatchAhead"/>), the delayed reading of a device's
/// numbers (<see cref="StepReadings"/>), numbers that are none (<see cref="FiniteCheck"/>), the sets to measure on (<see cref="EvaluationSets"/>)
/// and what is written (<see cref="TrainingRecord"/>).
/// </remarks>
public sealed class Trainer : IDisposable
{
    private const int CudaLogEvery = 20;

    private readonly RunFolder? _folder;
    private readonly OptimizerHelper _optimiser;
    private readonly OptimiserStep _step;
    private readonly GradientRoutes _routes;
    private readonly TrainingBatches _batches;
    private readonly Generator _masks;
    private readonly EvaluationSets _evaluations;
    private readonly TrainingRecord _record;

    /// <summary>A trainer with fresh weights.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="folder">Where metrics and checkpoints go; null to keep none.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <param name="parts">Encoder and losses, where some are one's own; null for those of the kit that the spec names.</param>
    /// <exception cref="UserException">The spec, the data, the parts and the folder do not go together.</exception>
    public Trainer(ExperimentSpec spec, DatasetSplits data, RunFolder? folder = null, Device? device = null, ModelParts? parts = null)
    {
        NativeLibraries.Require();
        SpecCheck.Throw(spec, data.Train);
        Precisions.Require(spec.Precision, device ?? CPU);
        (Spec, Dataset, _folder, Device) = (spec, data, folder, device ?? CPU);
        Model = new AuxiliaryLossModel(spec, data.Train.Features, data.Train.Classes, data.Train.Levels, parts: parts);
        Model.MoveTo(Device);
        _batches = new TrainingBatches(spec, data, Model.Losses.Count > 0);
        Schedule = TrainingSchedule.Of(spec, data, Model.Losses.Any(loss => loss.WeightIn(TrainingPhase.Pretraining) is not null));
        LogEvery = Device.type == DeviceType.CUDA ? CudaLogEvery : 1;
        _optimiser = Optimisers.Create(spec, Model);
        _step = new OptimiserStep(_optimiser, Model, spec.ClipNorm);
        _routes = new GradientRoutes(spec, Model, spec.BalancedClasses ? ClassBalance.Weights(data.Train) : null);
        _masks = new Generator(0, Device);
        _evaluations = new EvaluationSets(data, spec.EvaluateTrain, Device);
        _record = new TrainingRecord(folder, Model, _optimiser);
        folder?.RefuseOtherLosses(LossParts);
        folder?.RefuseOtherData(data.Train.Format);
    }

    /// <summary>What is trained.</summary>
    public ExperimentSpec Spec { get; }

    /// <summary>What it is trained on.</summary>
    public DatasetSplits Dataset { get; }

    /// <summary>Where it is computed.</summary>
    public Device Device { get; }

    /// <summary>The model.</summary>
    public AuxiliaryLossModel Model { get; }

    /// <summary>What happens at which step.</summary>
    public TrainingSchedule Schedule { get; }

    /// <summary>How many steps' losses and gradient norms are read at a time: 1 on the processor, 20 on a CUDA device.</summary>
    /// <remarks>
    /// With 1 a loss or a gradient that is no longer a number stops training before the weights change, with more at the next
    /// reading. Every evaluation and every checkpoint reads first.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is not at least 1.</exception>
    public int LogEvery
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    }

    /// <summary>Measures where the steps' time goes; null to measure nothing.</summary>
    public StepProfile? Profile { get; set; }

    /// <summary>Raised for each step, in order, once its losses are read.</summary>
    public event Action<StepMetrics> StepDone
    {
        add => _record.StepDone += value;
        remove => _record.StepDone -= value;
    }

    /// <summary>Raised after each evaluation of a split.</summary>
    public event Action<EvaluationMetrics> Evaluated
    {
        add => _record.Evaluated += value;
        remove => _record.Evaluated -= value;
    }

    /// <summary>Goes on from the last checkpoint of the folder, if there is one.</summary>
    /// <returns>The steps done.</returns>
    public int Resume()
    {
        _record.Resume();
        return _record.Step;
    }

    /// <summary>Trains to the end, or until it is cancelled; a folder opened to resume goes on from its checkpoint.</summary>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="UserException">Another process trains in the folder, or it cannot be written.</exception>
    /// <exception cref="TrainingFailedException">A loss, a gradient or a weight is no longer a number.</exception>
    /// <exception cref="Exception">What reading the training data threw, itself, after a checkpoint of the steps before.</exception>
    public RunSummary Run(CancellationToken cancellation = default)
    {
        using FileStream? alone = _folder?.Begin(Spec, LossParts, Dataset.Train.Format);
        using MetricsLog? metrics = _record.Open();
        if (_record.Step < Schedule.TotalSteps)
        {
            _folder?.WriteEnvironment(RunEnvironment.Capture(Spec.Seed, Device, TimeProvider.System), _record.Step);
        }

        using var batches = new BatchAhead(ReadBatch, _record.Step, Schedule.TotalSteps);
        while (true)
        {
            bool cancelled = !EvaluateIfDue(cancellation) || cancellation.IsCancellationRequested;
            bool finished = !cancelled && _record.Step >= Schedule.TotalSteps;
            if (cancelled || finished || (_record.Step > 0 && Schedule.CheckpointsAfter(_record.Step)))
            {
                _record.Keep();
            }

            if (cancelled || finished)
            {
                return _record.Summarise(finished ? RunStatus.Finished : RunStatus.Interrupted);
            }

            try
            {
                Step(_record.Step, batches);
            }
            catch when (batches.Failed)
            {
                // Data that cannot be read ends the run, but the steps before are sound.
                _record.Keep();
                throw;
            }

            if (_record.Unread >= LogEvery)
            {
                _record.ReadSteps();
            }
        }
    }

    private IReadOnlyList<LossPart> LossParts => [.. Model.Losses.Select(loss => loss.Part)];

    private void Step(int step, BatchAhead batches)
    {
        long start = Stopwatch.GetTimestamp();
        using IDisposable? measured = Profile?.Step(Device);
        using DisposeScope scope = NewDisposeScope();
        TrainingPhase phase = Schedule.PhaseAt(step);
        SequenceBatch batch = Take(batches, scope, out TimeSpan waited); // [T, B, F]
        _masks.manual_seed(new RandomStream(Spec.Seed, RandomPurpose.Regularisation, step).NextSeed());
        using (Profile?.Measure(StepPart.Optimiser))
        {
            _step.Clear();
        }

        BatchLosses losses = _routes.Losses(batch, phase == TrainingPhase.Joint, _routes.Draw(batch, phase, step), _masks);
        CheckAtOnce(losses.Supervised, StepReadings.SupervisedLoss, step);
        CheckAtOnce(losses.AuxiliarySum, StepReadings.AuxiliaryLoss, step);
        using (Profile?.Measure(StepPart.Backward))
        {
            // In pretraining, sequences of one step have nothing to reconstruct or predict: a batch of only such ones has no loss.
            if (losses.Total(phase) is Tensor total)
            {
                losses.Backward(total);
            }
        }

        double rate = Schedule.LearningRateAt(step);
        Tensor norm; // []
        using (Profile?.Measure(StepPart.Optimiser))
        {
            norm = _step.Norm();
            CheckAtOnce(norm, StepReadings.GradientNorm, step);
            _step.Take(rate);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        var done = new StepMetrics(
            step + 1, Schedule.EpochAt(step), phase, null, null, rate, double.NaN, took.TotalMilliseconds, waited.TotalMilliseconds);
        _record.Add(done, losses, norm, Schedule.EvaluatesAfter(step + 1));
    }

    /// <returns>False if it was cancelled before it was complete.</returns>
    private bool EvaluateIfDue(CancellationToken cancellation)
    {
        if (!_record.EvaluationDue)
        {
            return true;
        }

        int last = _record.Step - 1;
        _record.ReadSteps();
        _record.Finite.Weights(Model, last);
        IReadOnlyList<EvaluationMetrics>? evaluations = _evaluations.Run(
            Model,
            (split, accuracy, loss) => new EvaluationMetrics(last + 1, Schedule.EpochAt(last), Schedule.PhaseAt(last), split, accuracy, loss),
            cancellation);
        if (evaluations is not null)
        {
            _record.Add(evaluations);
        }

        return evaluations is not null;
    }

    private SequenceBatch ReadBatch(int step)
    {
        SequenceBatch batch = _batches.Read(step, Schedule); // [T, B, F]
        return Device.type == DeviceType.CUDA ? batch.Pinned() : batch;
    }

    private SequenceBatch Take(BatchAhead batches, DisposeScope scope, out TimeSpan waited)
    {
        using IDisposable? measured = Profile?.Measure(StepPart.Data);
        long start = Stopwatch.GetTimestamp();
        SequenceBatch batch = batches.Take();
        waited = Stopwatch.GetElapsedTime(start);
        scope.Attach(batch.Tensors);
        return batch.To(Device);
    }

    private void CheckAtOnce(Tensor? value, string name, int step)
    {
        if (LogEvery == 1)
        {
            _record.Finite.Throw(value, name, step);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _record.Dispose();
        _optimiser.Dispose();
        _masks.Dispose();
        Model.Dispose();
    }
}
