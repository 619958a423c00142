using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>The losses of one batch, each a scalar with its graph; null where a loss is not asked for.</summary>
/// <param name="Supervised">Cross-entropy of the classes, mean over the batch.</param>
/// <param name="Reconstruction">Σ Lᵢ / Σ lᵢ over the segments before the anchors.</param>
/// <param name="Prediction">Σ Lᵢ / Σ lᵢ over the segments after the anchors.</param>
/// <param name="Checkpoints">The main network's segments, whose graphs are not made yet; null where the losses have their whole graph.</param>
public readonly record struct BatchLosses(
    Tensor? Supervised, Tensor? Reconstruction, Tensor? Prediction, SegmentCheckpoints? Checkpoints = null)
{
    /// <summary>Adds the gradients of a sum of these losses to the weights'.</summary>
    /// <param name="total">The sum, a scalar.</param>
    public void Backward(Tensor total)
    {
        total.backward();
        Checkpoints?.Backward();
    }

    /// <summary>The auxiliary loss; of both kinds the sum; null if there is none.</summary>
    public Tensor? Auxiliary => Reconstruction is not null && Prediction is not null
        ? Reconstruction + Prediction
        : Reconstruction ?? Prediction;
}
