using System.Diagnostics;
using AuxLossRnn.Training.Runs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>What a run has come to, and its files: metrics, checkpoints and the summary.</summary>
internal sealed class TrainingRecord : IDisposable
{
    private readonly RunFolder? _folder;
    private readonly AuxiliaryLossModel _model;
    private readonly OptimizerHelper _optimiser;
    private readonly StepReadings _unread;
    private readonly Stopwatch _watch = new();
    private TrainingProgress _progress = new();
    private MetricsLog? _metrics;
    private double _secondsBefore;

    /// <summary>The record of a run that has not started.</summary>
    /// <param name="folder">The run folder; null to keep nothing.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimiser">The optimiser.</param>
    public TrainingRecord(RunFolder? folder, AuxiliaryLossModel model, OptimizerHelper optimiser)
    {
        (_folder, _model, _optimiser) = (folder, model, optimiser);
        Finite = new FiniteCheck(() => folder is { HasCheckpoint: true });
        _unread = new StepReadings(Finite);
    }

    /// <summary>Raised for each step, in order, once its losses are read.</summary>
    public event Action<StepMetrics>? StepDone;

    /// <summary>Raised after each evaluation of a split.</summary>
    public event Action<EvaluationMetrics>? Evaluated;

    /// <summary>Stops a run whose numbers are none.</summary>
    public FiniteCheck Finite { get; }

    /// <summary>The steps done.</summary>
    public int Step => _progress.Step;

    /// <summary>Whether the sets are still to be evaluated at this step.</summary>
    public bool EvaluationDue => _progress.EvaluationDue;

    /// <summary>The steps whose numbers are not read yet.</summary>
    public int Unread => _unread.Count;

    /// <summary>Goes on from the last checkpoint of the folder, if there is one.</summary>
    public void Resume()
    {
        if (_folder is { HasCheckpoint: true })
        {
            _progress = _folder.LoadCheckpoint(_model, _optimiser);
            _model.RestoreLosses(_progress.LossStates);
        }
    }

    /// <summary>Opens the metrics, as far as the checkpoint knows of them, and starts the clock.</summary>
    public MetricsLog? Open()
    {
        Resume(); // even if it has been before: another process may have gone on with the run until a moment ago
        _secondsBefore = _progress.WallSeconds;
        _watch.Restart();
        return _metrics = _folder?.OpenMetrics(_progress.MetricsBytes);
    }

    /// <summary>Takes a step down, whose numbers may still lie on the device.</summary>
    /// <param name="step">What is known of it.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="norm">Its gradients' norm.</param>
    /// <param name="evaluates">Whether the sets are evaluated after it.</param>
    public void Add(StepMetrics step, BatchLosses losses, Tensor norm, bool evaluates)
    {
        _unread.Add(step, losses, norm);
        _progress = _progress.Stepped(
            step.Step, evaluates, TimeSpan.FromMilliseconds(step.Milliseconds), TimeSpan.FromMilliseconds(step.MillisecondsData));
    }

    /// <summary>Reads what the steps since the last reading came to, and writes their lines.</summary>
    public void ReadSteps()
    {
        IEnumerable<StepMetrics> steps = _unread.Read(out TimeSpan waited);
        _progress = _progress with { StepSeconds = _progress.StepSeconds + waited.TotalSeconds };
        foreach (StepMetrics step in steps)
        {
            Write(step);
            StepDone?.Invoke(step);
        }
    }

    /// <summary>Takes an evaluation down, and keeps the weights if they are the best so far.</summary>
    /// <param name="evaluations">Those of the splits; validation and test are the last two.</param>
    public void Add(IReadOnlyList<EvaluationMetrics> evaluations)
    {
        (double validation, double test) = (evaluations[^2].Accuracy, evaluations[^1].Accuracy);
        _progress = _progress.Evaluated(validation, test) with { TestMeasures = evaluations[^1].Measures };
        if (_progress.BestOnValidationStep == Step || (double.IsNaN(validation) && _progress.BestOnTestStep == Step))
        {
            _folder?.SaveBest(_model, Step, onValidation: !double.IsNaN(validation));
        }

        foreach (EvaluationMetrics evaluation in evaluations.Where(evaluation => !double.IsNaN(evaluation.Accuracy)))
        {
            Write(evaluation);
            Evaluated?.Invoke(evaluation);
        }
    }

    /// <summary>Writes a checkpoint of the steps so far.</summary>
    public void Keep()
    {
        ReadSteps();
        Finite.Weights(_model, Step - 1);
        _progress = _progress with { WallSeconds = _secondsBefore + _watch.Elapsed.TotalSeconds, LossStates = _model.SaveLosses() };
        _folder?.SaveCheckpoint(_model, _optimiser, _progress);
    }

    /// <summary>Writes and returns what the run came to.</summary>
    /// <param name="status">How it ended.</param>
    public RunSummary Summarise(RunStatus status)
    {
        RunSummary summary = _progress.Summary(status, _model.parameters().Sum(weight => weight.numel()));
        _folder?.WriteSummary(summary);
        return summary;
    }

    private void Write<TLine>(TLine line) => _progress = _progress with { MetricsBytes = _metrics?.Write(line) ?? _progress.MetricsBytes };

    /// <inheritdoc/>
    public void Dispose() => _unread.Dispose();
}
