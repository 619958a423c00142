using AuxLossRnn.Runtime;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The random numbers of one of a run's losses: a stream a training step, apart from those of the other losses.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Position">The loss's place among the run's losses, from 0.</param>
public sealed record LossRandom(long Seed, int Position = 0)
{
    /// <summary>The stream of a step, the same whenever it is asked for.</summary>
    /// <param name="step">The training step; another number, such as −1, for a stream that all steps share.</param>
    public RandomStream At(long step) => Position switch
    {
        0 => new RandomStream(Seed, RandomPurpose.Anchors, step),
        1 => new RandomStream(Seed, RandomPurpose.LaterAnchors, step),
        _ => new RandomStream(new RandomStream(Seed, RandomPurpose.LaterAnchors, -1 - Position).NextSeed(), RandomPurpose.Anchors, step),
    };
}
