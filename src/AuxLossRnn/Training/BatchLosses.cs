using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>The losses of one batch, each a scalar with its graph.</summary>
/// <param name="Supervised">Cross-entropy of the classes, mean over the batch; null where it is not asked for.</param>
/// <param name="Auxiliary">The auxiliary losses, of those that had a segment in the batch.</param>
/// <param name="Checkpoints">The main network's segments, whose graphs are not made yet; null where the losses have their whole graph.</param>
public sealed record BatchLosses(
    Tensor? Supervised, IReadOnlyList<(ModelLoss Of, Tensor Value)> Auxiliary, SegmentCheckpoints? Checkpoints = null)
{
    /// <summary>The auxiliary losses' unweighted sum; null if there are none.</summary>
    public Tensor? AuxiliarySum { get; } = Auxiliary.Count == 0 ? null : Auxiliary.Select(one => one.Value).Aggregate((sum, value) => sum.Plus(value)); // []

    /// <summary>What is minimised; null in pretraining on a batch that no loss has a segment in.</summary>
    /// <remarks>Pretraining: L = Σ wᵢ Lᵢ. Joint: L = L_supervised + Σ wᵢ Lᵢ. One loss and w = 1 in the paper (§2.2).</remarks>
    /// <param name="phase">The phase, which chooses the weights.</param>
    public Tensor? Total(TrainingPhase phase)
    {
        Tensor? total = Supervised;
        foreach ((ModelLoss loss, Tensor value) in Auxiliary)
        {
            Tensor weighted = value.Times(loss.WeightIn(phase)!.Value); // []
            total = total is null ? weighted : total.Plus(weighted); // []
        }

        return total;
    }

    /// <summary>Adds the gradients of a sum of these losses to the weights'.</summary>
    /// <param name="total">The sum, a scalar.</param>
    public void Backward(Tensor total)
    {
        total.backward();
        Checkpoints?.Backward();
    }
}
