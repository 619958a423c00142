using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

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
        if (_pictured < evaluation.Step && _trainer.Model.Losses.Select(loss => loss.Loss).OfType<ReconstructionLoss>().FirstOrDefault() is ReconstructionLoss loss)
        {
            _pictured = evaluation.Step;
            if (Draw(loss.Decoders[0]) is Png picture)
            {
                _file.Picture(evaluation.Step, "reconstruction", picture);
            }
        }
    }

    /// <summary>The last segment of one sequence, as it is and as the decoder makes it of the state at its end; null where it is too short for one.</summary>
    private Png? Draw(ReconstructionDecoder decoder)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        DatasetSplits data = _trainer.Dataset;
        SequenceDataset shown = data.Test.Count > 0 ? data.Test : data.Validation.Count > 0 ? data.Validation : data.Train;
        SequenceBatch batch = shown.Batch([0]).To(_trainer.Device); // [T, 1, F]
        int length = Segment.LengthWithin(_trainer.Spec.Segment, batch.Steps);
        if (length < 1)
        {
            return null;
        }

        // Blank steps at the end would be all that there is to see.
        int anchor = Math.Max(length, Math.Min(batch.Steps - 1, batch.Steps - _trainer.Spec.Silence));
        var segment = new Segment(0, anchor, anchor - length);
        var pass = new MainPass(_trainer.Model.Encoder, batch);
        pass.Run([], [anchor]);
        (Tensor original, Tensor made) = decoder.Reconstruct(
            batch, [segment], length, pass.ReadWindows([(0, anchor)], 0, ReadResult.State).State); // [L, 1, F]
        float[] whole = Numbers(batch.Inputs), reconstructed = Numbers(made);
        int pixels = shown.Format is null && !shown.HasSymbols ? batch.Steps - _trainer.Spec.Silence : 0;
        int side = (int)Math.Sqrt(pixels);
        return side > 0 && side * side == pixels
            ? ReconstructionPicture.OfImage(whole, reconstructed, segment.Start + 1, side, shown.Features) // the segment's first step is given, not made
            : ReconstructionPicture.OfCurves(Numbers(original), reconstructed, shown.Features);
    }

    private static float[] Numbers(Tensor values) => values.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();

    /// <summary>Stops listening and closes the file.</summary>
    public void Dispose()
    {
        _trainer.StepDone -= OnStep;
        _trainer.Evaluated -= OnEvaluation;
        _file?.Dispose();
    }
}
