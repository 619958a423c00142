using AuxLossRnn.Data;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Measures a model on a dataset.</summary>
public static class Evaluator
{
    // Large enough to keep the matrix products busy, small enough that a batch's outputs stay in memory at any T.
    private const int BatchSize = 500;

    /// <summary>Accuracy and loss over a whole dataset, without masks and without a graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The part classified correctly, in [0, 1], and the mean cross-entropy; NaN for an empty dataset.</returns>
    public static (double Accuracy, double Loss) Run(
        AuxiliaryLossModel model, SequenceDataset dataset, Device device, CancellationToken cancellation = default)
    {
        long correct = 0;
        double loss = 0;
        EachBatch(model, dataset, device, (batch, logits) =>
        {
            correct += logits.argmax(1).eq(batch.Labels).sum().item<long>();
            loss += nn.functional.cross_entropy(logits, batch.Labels, reduction: nn.Reduction.Sum).item<float>();
        }, cancellation);
        return ((double)correct / dataset.Count, loss / dataset.Count);
    }

    /// <summary>Reads a whole dataset, without masks and without a graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="done">Called for each batch, in order, with its logits <c>[B, C]</c>.</param>
    /// <param name="cancellation">Stops between batches.</param>
    internal static void EachBatch(
        AuxiliaryLossModel model, SequenceDataset dataset, Device device, Action<SequenceBatch, Tensor> done, CancellationToken cancellation)
    {
        using var noGradient = inference_mode();
        for (int from = 0; from < dataset.Count; from += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int[] indices = [.. Enumerable.Range(from, Math.Min(BatchSize, dataset.Count - from))];
            SequenceBatch batch = dataset.Batch(indices).To(device);
            var pass = new MainPass(model, batch);
            pass.Run([], [batch.Steps]);
            done(batch, model.Classify(pass.ReadToEnd(batch.Steps), null)); // [B, C]
        }
    }
}
