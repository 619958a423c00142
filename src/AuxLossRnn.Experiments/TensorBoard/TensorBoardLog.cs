using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.TensorBoard;

/// <summary>Writes a run's curves to event files that TensorBoard shows, as it goes; the run's numbers stay the same.</summary>
/// <remarks>
/// Every step: <c>loss/supervised</c>, <c>loss/NAME</c> of each auxiliary loss, <c>learning_rate</c>, <c>gradient_norm</c>. Every evaluation of a split:
/// <c>accuracy/SPLIT</c>, <c>balanced_accuracy/SPLIT</c>, <c>macro_f1/SPLIT</c>, <c>cross_entropy/SPLIT</c>, <c>calibration_error/SPLIT</c>, and of a model that
/// reconstructs the picture <c>reconstruction</c>. A resumed run begins another file, which tells TensorBoard to forget what was written of later steps.
/// </remarks>
public sealed class TensorBoardLog : IDisposable
{
    private readonly Trainer _trainer;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private EventFile? _file;
    private int _pictured = -1;

    /// <summary>Listens to a trainer that has not started; no file is made before its first step.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="folder">Where the event files go: the run folder, to have them beside its metrics.</param>
    /// <param name="time">The clock; the system's if null.</param>
    public TensorBoardLog(Trainer trainer, string folder, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        (_trainer, _folder, _time) = (trainer, UserPath.Full(folder), time ?? TimeProvider.System);
        trainer.StepDone += OnStep;
        trainer.Evaluated += OnEvaluation;
    }

    private void OnStep(StepMetrics step)
    {
        _file ??= new EventFile(_folder, step.Step, _time);
        _file.Scalars(
            step.Step,
            [
                ("loss/supervised", step.LossSupervised),
                .. (step.Losses ?? new Dictionary<string, double>()).Select(loss => ($"loss/{loss.Key}", (double?)loss.Value)),
                ("learning_rate", step.LearningRate),
                ("gradient_norm", step.GradientNorm),
            ]);
    }

    private void OnEvaluation(EvaluationMetrics evaluation)
    {
        // Resumed just before an evaluation, the step itself is in the file before.
        _file ??= new EventFile(_folder, evaluation.Step + 1, _time);
        string split = evaluation.Split;
        _file.Scalars(
            evaluation.Step,
            ($"accuracy/{split}", evaluation.Accuracy),
            ($"balanced_accuracy/{split}", evaluation.Measures?.BalancedAccuracy),
            ($"macro_f1/{split}", evaluation.Measures?.MacroF1),
            ($"cross_entropy/{split}", evaluation.Loss),
            ($"calibration_error/{split}", evaluation.Measures?.CalibrationError));
        if (_pictured < evaluation.Step && _trainer.Model.Losses.Any(loss => loss.Loss is ReconstructionLoss))
        {
            _pictured = evaluation.Step;
            if (Draw() is Png picture)
            {
                _file.Picture(evaluation.Step, "reconstruction", picture);
            }
        }
    }

    /// <summary>The last segment of one sequence, as it is and as the decoder makes it of the state at its end; null where it is too short for one.</summary>
    private Png? Draw()
    {
        DatasetSplits data = _trainer.Dataset;
        SequenceDataset shown = data.Test.Count > 0 ? data.Test : data.Validation.Count > 0 ? data.Validation : data.Train;
        if (ReconstructedSegment.Of(_trainer, shown, 0) is not ReconstructedSegment segment)
        {
            return null;
        }

        int pixels = shown.Format is null && !shown.HasSymbols ? segment.Whole.Length / shown.Features - _trainer.Spec.Silence : 0;
        int side = (int)Math.Sqrt(pixels);
        return side > 0 && side * side == pixels
            ? ReconstructionPicture.OfImage(segment.Whole, segment.Made, segment.Start, side, shown.Features)
            : ReconstructionPicture.OfCurves(segment.Original, segment.Made, shown.Features);
    }

    /// <summary>Stops listening and closes the file.</summary>
    public void Dispose()
    {
        _trainer.StepDone -= OnStep;
        _trainer.Evaluated -= OnEvaluation;
        _file?.Dispose();
    }
}
