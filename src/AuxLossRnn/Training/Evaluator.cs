using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Measures a model on a dataset.</summary>
public static class Evaluator
{
    // Large enough to keep the matrix products busy, small enough that a batch's outputs stay in memory at any T.
    private const int BatchSize = 500;

    // A Transformer keeps all steps of its batch at once, and has enough of them to keep the products busy.
    private const int WholeSequences = 50;

    /// <summary>Accuracy and loss over a whole dataset, without masks and without a graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The part classified correctly, in [0, 1], and the mean cross-entropy; NaN for an empty dataset.</returns>
    public static (double Accuracy, double Loss) Run(
        AuxiliaryLossModel model, SequenceDataset dataset, Device device, CancellationToken cancellation = default)
    {
        (double accuracy, double loss, _) = Measure(model, dataset, device, cancellation);
        return (accuracy, loss);
    }

    /// <summary>The same, with further measures; null for an empty dataset.</summary>
    /// <inheritdoc cref="Run"/>
    public static (double Accuracy, double Loss, ClassMeasures? Measures) Measure(
        AuxiliaryLossModel model, SequenceDataset dataset, Device device, CancellationToken cancellation = default)
    {
        // Read at the end: a device computes on while the next batch is prepared.
        using DisposeScope scope = NewDisposeScope();
        var (sums, probabilities, examples) = (new List<Tensor>(), new List<Tensor>(), new List<int>());
        EachBatch(model, dataset, device, (indices, labels, logits) =>
        {
            sums.Add(stack([
                logits.argmax(1).eq(labels).sum().to(ScalarType.Float64),
                nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum).to(ScalarType.Float64),
            ]).MoveToOuterDisposeScope()); // [2]
            probabilities.Add(nn.functional.softmax(logits, 1).to(ScalarType.Float32).MoveToOuterDisposeScope()); // [B, C]
            examples.AddRange(indices);
        }, cancellation);
        double[] each = sums.Count == 0 ? [] : [.. stack(sums).cpu().data<double>()]; // [batches, 2]
        double correct = each.Where((_, i) => i % 2 == 0).Sum(), loss = each.Where((_, i) => i % 2 == 1).Sum();
        IEnumerable<float[]> rows = sums.Count == 0 ? [] : cat(probabilities).cpu().data<float>().Chunk(dataset.Classes); // [examples, C]
        return (correct / dataset.Count, loss / dataset.Count, ClassMeasures.Of(dataset.ClassNames, rows, examples.Select(dataset.Label)));
    }

    /// <summary>Reads a whole dataset, without masks and without a graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="done">Called for each batch with the examples' indices, labels <c>[B]</c> and logits <c>[B, C]</c>; of sequences of one length in their order.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static void EachBatch(
        AuxiliaryLossModel model, SequenceDataset dataset, Device device, Action<int[], Tensor, Tensor> done, CancellationToken cancellation)
    {
        using var noGradient = inference_mode();
        int size = model.Encoder.IsRecurrent ? BatchSize : WholeSequences;

        // Side by side, sequences of nearly one length have little padding; where all are equal this is their own order.
        int[] order = [.. Enumerable.Range(0, dataset.Count).OrderBy(dataset.Length)];
        for (int from = 0; from < dataset.Count; from += size)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            SequenceBatch batch = dataset.Batch(order.AsSpan(from, Math.Min(size, dataset.Count - from))).To(device);
            var pass = new MainPass(model.Encoder, batch);
            pass.Run([], pass.Ends.Select(end => end.Position));
            int[] indices = [.. pass.Ends.Select(end => order[from + end.Example])];
            done(indices, pass.LabelsOf(pass.Ends), model.Classify(pass.ReadWindows(pass.Ends, 0, ReadResult.State).State, null)); // [B, C]
        }
    }
}
