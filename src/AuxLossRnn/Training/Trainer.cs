using System.Diagnostics;
using System.Text.Json;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Trains one model by one spec. Dispose it to free the weights.</summary>
public sealed class Trainer : IDisposable
{
    private const int CudaLogEvery = 20;
    /// <summary>The split of <see cref="ExperimentSpec.EvaluateTrain"/> in evaluations.</summary>
    public const string TrainSplit = "train";

    private const string SupervisedLoss = "supervised loss";
    private const string AuxiliaryLoss = "auxiliary loss";
    private const string GradientNorm = "gradient norm";

    private readonly ExperimentSpec _spec;
    private readonly DatasetSplits _data;
    private readonly SequenceDataset? _trainSample;
    private readonly RunFolder? _folder;
    private readonly Device _device;
    private readonly OptimizerHelper _optimiser;
    private readonly GradientRoutes _routes;
    private readonly SegmentSampler _segments;
    private readonly BatchOrder _order;
    private readonly Generator _masks;

    // Steps whose losses and norm [2 or 3] lie on the device still, in no dispose scope.
    private readonly List<(StepMetrics Step, Tensor Values)> _unread = [];
    private TrainingProgress _progress = new();
    private FileStream? _metrics;

    /// <summary>A trainer with fresh weights.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="data">What to train on.</param>
    /// <param name="folder">Where metrics and checkpoints go; null to keep none.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    public Trainer(ExperimentSpec spec, DatasetSplits data, RunFolder? folder = null, Device? device = null)
    {
        SpecCheck.Throw(spec, data.Train);
        Precisions.Require(spec.Precision, device ?? CPU);
        (_spec, _data, _folder, _device) = (spec, data, folder, device ?? CPU);
        _trainSample = spec.EvaluateTrain is int wanted ? Spread(data.Train, wanted) : null;
        Schedule = new TrainingSchedule(spec, data.Train.Count);
        Model = new AuxiliaryLossModel(spec, data.Train.Features, data.Train.Classes, data.Train.Levels);
        Model.to(_device);
        bool cuda = _device.type == DeviceType.CUDA;
        if (cuda)
        {
            // cuDNN wants a layer's weights side by side in memory.
            foreach (nn.Module module in Model.modules())
            {
                (module as LSTM)?.flatten_parameters();
                (module as GRU)?.flatten_parameters();
                (module as RNN)?.flatten_parameters();
            }
        }

        LogEvery = cuda ? CudaLogEvery : 1;
        _optimiser = Optimisers.Create(spec, Model);
        _routes = new GradientRoutes(spec, Model);
        _segments = new SegmentSampler(spec.Anchors, spec.Segment, spec.AnchorSchedule, spec.SegmentPlacement, spec.Seed, apart: spec.Reconstructs && spec.Predicts);
        _order = BatchOrder.Of(data.Train, spec.Batch, spec.Seed);
        _masks = new Generator(0, _device);
        if (data.Train.Format is SequenceFormat format)
        {
            folder?.WriteFormat(format);
        }
    }

    /// <summary>What is trained.</summary>
    public ExperimentSpec Spec => _spec;

    /// <summary>How the reader's own sequences that it trains on are read; null for one of the kit's datasets.</summary>
    public SequenceFormat? Format => _data.Train.Format;

    /// <summary>Where it computes.</summary>
    public Device Device => _device;

    /// <summary>The model.</summary>
    public AuxiliaryLossModel Model { get; }

    /// <summary>What happens at which step.</summary>
    public TrainingSchedule Schedule { get; }

    /// <summary>How many steps' losses and gradient norms are read at a time: 1 on the processor, 20 on a CUDA device.</summary>
    /// <remarks>
    /// Reading waits for the device, which then waits for the next step. The numbers are the same; they are written and
    /// reported later. With 1 a loss or a gradient that is no longer a number stops training before the weights change,
    /// with more at the next reading. Every evaluation and every checkpoint reads first.
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

    /// <summary>Called for each step, in order, once its losses are read.</summary>
    public Action<StepMetrics>? StepDone { get; set; }

    /// <summary>Called after each evaluation of a split.</summary>
    public Action<EvaluationMetrics>? Evaluated { get; set; }

    /// <summary>Goes on from the last checkpoint of the folder, if there is one.</summary>
    /// <returns>The steps done.</returns>
    public int Resume()
    {
        if (_folder is { HasCheckpoint: true })
        {
            _progress = _folder.LoadCheckpoint(Model, _optimiser);
        }

        return _progress.Step;
    }

    /// <summary>Trains to the end, or until it is cancelled; a folder opened to resume goes on from its checkpoint.</summary>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="UserException">Another process trains in the folder.</exception>
    /// <exception cref="TrainingFailedException">A loss, a gradient or a weight is no longer a number.</exception>
    /// <exception cref="Exception">What reading the training data threw, itself, after a checkpoint of the steps before.</exception>
    public RunSummary Run(CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        using FileStream? alone = _folder?.Claim();
        if (_progress.Step == 0)
        {
            Resume();
        }

        double before = _progress.WallSeconds;
        using FileStream? metrics = _metrics = _folder?.OpenMetrics(_progress.MetricsBytes);
        using var batches = new BatchAhead(ReadBatch, _progress.Step, Schedule.TotalSteps);
        void Keep()
        {
            ReadSteps();
            ThrowUnlessWeightsAreFinite();
            _progress = _progress with { WallSeconds = before + watch.Elapsed.TotalSeconds };
            _folder?.SaveCheckpoint(Model, _optimiser, _progress);
        }

        while (true)
        {
            bool cancelled = !EvaluateIfDue(cancellation) || cancellation.IsCancellationRequested;
            bool finished = !cancelled && _progress.Step >= Schedule.TotalSteps;
            if (cancelled || finished || (_progress.Step > 0 && Schedule.CheckpointsAfter(_progress.Step)))
            {
                Keep();
            }

            if (cancelled || finished)
            {
                return Summarise(finished ? RunStatus.Finished : RunStatus.Interrupted);
            }

            try
            {
                Step(_progress.Step, batches);
            }
            catch when (batches.Failed)
            {
                // Data that cannot be read ends the run, but the steps before are sound.
                Keep();
                throw;
            }

            if (_unread.Count >= LogEvery)
            {
                ReadSteps();
            }
        }
    }

    private SequenceBatch ReadBatch(int step)
    {
        SequenceBatch batch = _data.Train.Batch(_order.At(step)); // [T, B, F]
        return _device.type == DeviceType.CUDA ? batch.Pinned() : batch;
    }

    private void Step(int step, BatchAhead batches)
    {
        long start = Stopwatch.GetTimestamp();
        using IDisposable? measured = Profile?.Step(_device);
        using DisposeScope scope = NewDisposeScope();
        TrainingPhase phase = Schedule.PhaseAt(step);
        SequenceBatch batch;
        TimeSpan waited;
        using (Profile?.Measure(StepPart.Data))
        {
            batch = batches.Take();
            waited = Stopwatch.GetElapsedTime(start);
            scope.Attach(batch.Tensors);
            batch = batch.To(_device);
        }

        Segment[] before = _spec.Reconstructs ? _segments.BeforeAnchors(batch.OwnLengths, step) : [];
        Segment[] after = _spec.Predicts ? _segments.AfterAnchors(batch.OwnLengths, step) : [];
        _masks.manual_seed(new RandomStream(_spec.Seed, RandomPurpose.Regularisation, step).NextSeed());

        using (Profile?.Measure(StepPart.Optimiser))
        {
            // To none, not to zero: an optimiser passes over a weight without a gradient, before a resume as after it.
            foreach (TorchSharp.Modules.Parameter weight in Model.parameters())
            {
                weight.grad?.Dispose();
                weight.grad = null;
            }
        }

        BatchLosses losses = _routes.Losses(batch, phase == TrainingPhase.Joint, before, after, _masks);
        (Tensor? supervised, Tensor? auxiliary) = (losses.Supervised, losses.Auxiliary);
        if (LogEvery == 1)
        {
            ThrowUnlessFinite(supervised, SupervisedLoss, step);
            ThrowUnlessFinite(auxiliary, AuxiliaryLoss, step);
        }

        // Pretraining: L = L_aux. Joint: L = L_supervised + w · L_aux, w = 1 in the paper.
        Tensor? weighted = auxiliary is not null && phase == TrainingPhase.Joint ? auxiliary * _spec.AuxiliaryWeight : auxiliary;
        Tensor? total = supervised is null ? weighted : weighted is null ? supervised : supervised + weighted; // []
        using (Profile?.Measure(StepPart.Backward))
        {
            // In pretraining, sequences of one step have nothing to reconstruct or predict: a batch of only such ones has no loss.
            if (total is not null)
            {
                losses.Backward(total);
            }
        }

        Tensor norm; // []
        double rate = Schedule.LearningRateAt(step);
        using (Profile?.Measure(StepPart.Optimiser))
        {
            norm = Gradients.ClipNorm(Model.parameters(), _spec.ClipNorm);
            if (LogEvery == 1)
            {
                ThrowUnlessFinite(norm, GradientNorm, step);
            }

            Optimisers.SetLearningRate(_optimiser, rate);
            _optimiser.step();
        }

        Tensor[] values = [.. new[] { supervised, auxiliary, norm }.OfType<Tensor>().Select(value => value.detach().to(ScalarType.Float64))];
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        var done = new StepMetrics(
            step + 1, Schedule.EpochAt(step), phase, supervised is null ? null : double.NaN, auxiliary is null ? null : double.NaN,
            rate, double.NaN, took.TotalMilliseconds, Math.Round(waited.TotalMilliseconds, 1));
        _unread.Add((done, stack(values).DetachFromDisposeScope()));
        _progress = _progress with
        {
            Step = step + 1,
            EvaluationDue = Schedule.EvaluatesAfter(step + 1),
            StepSeconds = _progress.StepSeconds + took.TotalSeconds,
            DataSeconds = _progress.DataSeconds + waited.TotalSeconds,
        };
    }

    /// <summary>Reads what the steps since the last reading came to, all of it in one copy, and writes their lines.</summary>
    private void ReadSteps()
    {
        if (_unread.Count == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        (StepMetrics Step, Tensor Values)[] unread = [.. _unread];
        _unread.Clear();
        scope.Attach(unread.Select(step => step.Values));
        long start = Stopwatch.GetTimestamp();
        var values = new Queue<double>(cat([.. unread.Select(step => step.Values)]).cpu().data<double>());

        // A device computes while the steps after it are handed over: waiting for it is time of all these steps.
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        _progress = _progress with { StepSeconds = _progress.StepSeconds + took.TotalSeconds };
        foreach ((StepMetrics step, _) in unread)
        {
            double Next(string name)
            {
                double value = values.Dequeue();
                ThrowUnlessFinite(value, name, step.Step - 1);
                return value;
            }

            StepMetrics done = step with
            {
                LossSupervised = step.LossSupervised is null ? null : Next(SupervisedLoss),
                LossAuxiliary = step.LossAuxiliary is null ? null : Next(AuxiliaryLoss),
                GradientNorm = Next(GradientNorm),
                Milliseconds = Math.Round(step.Milliseconds + took.TotalMilliseconds / unread.Length, 1),
            };
            Log(done);
            StepDone?.Invoke(done);
        }
    }

    /// <returns>False if it was cancelled before it was complete.</returns>
    private bool EvaluateIfDue(CancellationToken cancellation)
    {
        if (!_progress.EvaluationDue)
        {
            return true;
        }

        ReadSteps();
        ThrowUnlessWeightsAreFinite();
        EvaluationMetrics validation, test;
        EvaluationMetrics? train;
        try
        {
            validation = Evaluate("validation", _data.Validation, cancellation);
            test = Evaluate("test", _data.Test, cancellation);
            train = _trainSample is null ? null : Evaluate(TrainSplit, _trainSample, cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        _progress = _progress.Evaluated(validation.Accuracy, test.Accuracy);
        if (_progress.BestOnValidationStep == _progress.Step || (_data.Validation.Count == 0 && _progress.BestOnTestStep == _progress.Step))
        {
            _folder?.SaveBest(Model, _progress.Step);
        }

        foreach (EvaluationMetrics evaluation in new[] { train, validation, test }.OfType<EvaluationMetrics>().Where(evaluation => !double.IsNaN(evaluation.Accuracy)))
        {
            Log(evaluation);
            Evaluated?.Invoke(evaluation);
        }

        return true;
    }

    /// <summary>Evenly spaced examples: some datasets lie sorted by class.</summary>
    private static SequenceDataset Spread(SequenceDataset dataset, int wanted)
    {
        int count = Math.Min(wanted, dataset.Count);
        return dataset.Subset([.. Enumerable.Range(0, count).Select(i => (int)((long)i * dataset.Count / count))]);
    }

    private EvaluationMetrics Evaluate(string split, SequenceDataset dataset, CancellationToken cancellation)
    {
        int last = _progress.Step - 1;
        (double accuracy, double loss) = Evaluator.Run(Model, dataset, _device, cancellation);
        return new EvaluationMetrics(_progress.Step, Schedule.EpochAt(last), Schedule.PhaseAt(last), split, accuracy, loss);
    }

    /// <summary>Before weights are kept: a step of finite losses and gradients can still leave a weight without a number.</summary>
    private void ThrowUnlessWeightsAreFinite()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach ((string name, Parameter weight) in Model.named_parameters())
        {
            ThrowUnlessFinite(weight.abs().max(), $"largest weight of {name}", _progress.Step - 1);
        }
    }

    private void ThrowUnlessFinite(Tensor? value, string name, int step)
    {
        if (value is not null)
        {
            ThrowUnlessFinite(value.to(ScalarType.Float64).item<double>(), name, step);
        }
    }

    private void ThrowUnlessFinite(double value, string name, int step)
    {
        if (!double.IsFinite(value))
        {
            throw new TrainingFailedException(
                $"The {name} is {value} at step {step + 1}, so training stopped"
                + (_folder is { HasCheckpoint: true } ? "; the last checkpoint is kept. " : ". ")
                + "Try a smaller --learning-rate or --clip-norm 1.");
        }
    }

    private void Log<TLine>(TLine line)
    {
        if (_metrics is not null)
        {
            _metrics.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, KitJson.Line), (byte)'\n']);
            _metrics.Flush();
            _progress = _progress with { MetricsBytes = _metrics.Length };
        }
    }

    private RunSummary Summarise(RunStatus status)
    {
        var summary = new RunSummary(
            status, _progress.Step, Model.parameters().Sum(weight => weight.numel()), _progress.LastTest, _progress.LastValidation,
            _progress.BestOnValidation, _progress.BestOnValidationStep, _progress.BestOnTest, _progress.BestOnTestStep,
            _progress.WallSeconds, Process.GetCurrentProcess().PeakWorkingSet64,
            _progress.StepSeconds > 0 ? _progress.DataSeconds / _progress.StepSeconds : null);
        _folder?.WriteSummary(summary);
        return summary;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor values) in _unread)
        {
            values.Dispose();
        }

        _optimiser.Dispose();
        _masks.Dispose();
        Model.Dispose();
    }
}
