using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>The losses of one batch, each a scalar with its graph; null where a loss is not asked for.</summary>
/// <param name="Supervised">Cross-entropy of the classes, mean over the batch.</param>
/// <param name="Reconstruction">Σ Lᵢ / Σ lᵢ over the segments before the anchors.</param>
/// <param name="Prediction">Σ Lᵢ / Σ lᵢ over the segments after the anchors.</param>
public readonly record struct BatchLosses(Tensor? Supervised, Tensor? Reconstruction, Tensor? Prediction)
{
    /// <summary>The auxiliary loss; of both kinds the sum; null if there is none.</summary>
    public Tensor? Auxiliary => Reconstruction is not null && Prediction is not null
        ? Reconstruction + Prediction
        : Reconstruction ?? Prediction;
}
