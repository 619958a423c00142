using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>An auxiliary loss: what an unsupervised task at random places of a sequence asks of the main states (§2).</summary>
/// <remarks>
/// One training step calls, in this order,
/// <code>
/// segments = loss.Draw(lengths, step)                      where the task lies in each sequence
/// needs    = loss.Needs(batch, segments)                   which main states it wants, and how far back its gradient goes
/// value    = loss.Compute(batch, segments, states, masks)     from these states; the main network reads the sequence once for all losses
/// </code>
/// A loss is made by a <see cref="LossPart"/>, which gives it its name, its weight and the phases it counts in.
/// </remarks>
public interface IAuxiliaryLoss
{
    /// <summary>The loss's own weights: trained, saved and restored with the model, the first under the loss's name.</summary>
    IReadOnlyList<nn.Module> Networks => [];

    /// <summary>Draws where the task lies. A function of its arguments and the run's seed alone, so that a resumed run draws the same.</summary>
    /// <param name="lengths">The time steps T of each sequence of the batch.</param>
    /// <param name="step">The training step, from 0: where <see cref="LossContext.Random"/> begins.</param>
    /// <returns>The segments, in any order; empty where no sequence has room.</returns>
    IReadOnlyList<Segment> Draw(IReadOnlyList<int> lengths, long step);

    /// <summary>The main states that the loss is computed from.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">The segments, sorted by anchor; at least one.</param>
    StatesNeeded Needs(SequenceBatch batch, IReadOnlyList<Segment> segments);

    /// <summary>Computes the loss.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">The segments, sorted by anchor.</param>
    /// <param name="states">The states that were asked for, a row a segment, in their order.</param>
    /// <param name="masks">Where masks of DropConnect or Dropout are drawn from; null drops nothing.</param>
    /// <returns>A scalar with its graph.</returns>
    Tensor Compute(SequenceBatch batch, IReadOnlyList<Segment> segments, MainStates states, Generator? masks);

    /// <summary>What else a resumed run must know, besides the weights; null for nothing.</summary>
    string? SaveState() => null;

    /// <summary>Takes back what <see cref="SaveState"/> gave.</summary>
    /// <param name="state">It.</param>
    void RestoreState(string state)
    {
    }
}
