using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>A trained model, together with how it reads a reader's own sequences.</summary>
/// <param name="model">The model; it belongs to the caller.</param>
/// <param name="format">How own sequences are read; null for a model of one of the kit's datasets.</param>
/// <param name="device">Where the model is; null for the CPU.</param>
public sealed class Predictor(AuxiliaryLossModel model, SequenceFormat? format, Device? device = null) : IDisposable
{
    private bool _opened;
    private bool _disposed;

    /// <summary>Opens what a run on own sequences left in its folder.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <param name="best">Whether to take the weights best on validation (on the test set, where nothing is held out), rather than the last ones.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <param name="parts">Encoder and losses, where some are one's own; null for those of the kit that the run's spec names.</param>
    /// <exception cref="UserException">There is no such run, or one on the kit's datasets.</exception>
    public static Predictor Open(string runFolder, bool best = true, Device? device = null, ModelParts? parts = null)
    {
        NativeLibraries.Require();
        (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(runFolder);
        if (folder.ReadFormat() is not SequenceFormat format)
        {
            throw new UserException(
                $"{folder.Path} holds a run on '{spec.Dataset}', not on sequences of your own: it has no "
                + $"{Path.GetFileName(folder.DataPath)}. Evaluate it with `auxloss evaluate`.");
        }

        // Weights are float32 at any precision: they can be used where the precision they were trained in does not exist.
        Precision precision = Precisions.ObstacleTo(spec.Precision, device ?? CPU) is null ? spec.Precision : Precision.Float32;
        var model = new AuxiliaryLossModel(spec with { Precision = precision }, format.Features, format.ClassNames.Count, format.Levels, parts: parts);
        try
        {
            WeightsFile.Load(folder.WeightsPath(best), model);
            model.to(device ?? CPU);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        return new Predictor(model, format, device) { _opened = true };
    }

    /// <summary>Classifies own sequences, which are scaled by the training part's numbers.</summary>
    /// <param name="sequences">The sequences; they need no labels.</param>
    /// <exception cref="UserException">The model was trained on other data, or the sequences do not fit those it was trained on.</exception>
    public Predictions Predict(OwnSequences sequences) => format is null
        ? throw new UserException(
            $"The model was trained on one of the kit's datasets, so it cannot say how {sequences.Source} is to be read. "
            + "Give it a SequenceDataset, or train on sequences of your own.")
        : Predict(format.Apply(sequences));

    /// <summary>Classifies a dataset.</summary>
    /// <param name="dataset">The dataset, made ready for this model.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public Predictions Predict(SequenceDataset dataset, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        float[][] probabilities = new float[dataset.Count][];
        Evaluator.EachBatch(model, dataset, device ?? CPU, (indices, _, logits) =>
        {
            foreach ((int index, float[] row) in indices.Zip(Rows(logits)))
            {
                probabilities[index] = row;
            }
        }, cancellation);

        string?[] names = [.. Enumerable.Range(0, dataset.Count).Select(dataset.Name)];
        return new Predictions(
            dataset.ClassNames, probabilities, [.. Enumerable.Range(0, dataset.Count).Select(dataset.Label)], names.Any(name => name is not null) ? names : null);
    }

    /// <summary>Begins to classify sequences as they arrive, a step at a time, in constant time and memory.</summary>
    /// <param name="streams">How many sequences arrive side by side.</param>
    /// <exception cref="UserException">The model reads whole sequences only, or there is no stream.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public PredictionStream Start(int streams = 1)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new PredictionStream(model, format, device ?? CPU, streams);
    }

    /// <summary>The probabilities of some logits <c>[B, C]</c>, a row a sequence.</summary>
    internal static float[][] Rows(Tensor logits) => [.. nn.functional.softmax(logits, 1).cpu().data<float>().Chunk((int)logits.shape[1])];

    /// <summary>Frees the weights of a model that <see cref="Open"/> made.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (_opened)
        {
            model.Dispose();
        }
    }
}
