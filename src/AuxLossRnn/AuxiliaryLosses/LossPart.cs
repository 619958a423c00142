using AuxLossRnn.Models;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The phases of training in which a loss counts.</summary>
[Flags]
public enum LossPhases
{
    /// <summary>Pretraining, by the auxiliary losses alone.</summary>
    Pretraining = 1,

    /// <summary>Joint training, beside the supervised loss.</summary>
    Joint = 2,

    /// <summary>Both; the paper's.</summary>
    Both = Pretraining | Joint,
}

/// <summary>An auxiliary loss that a run plugs in.</summary>
/// <param name="Name">Its name in the model's name, in metrics and in the weights: small letters, digits and underscores.</param>
/// <param name="Make">Makes it, with fresh weights.</param>
public sealed record LossPart(string Name, Func<LossContext, IAuxiliaryLoss> Make)
{
    /// <summary>The weight w in joint training, L = L_supervised + Σ wᵢ Lᵢ; 1 in the paper.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The weight in pretraining, L = Σ wᵢ Lᵢ; 1 in the paper, which has one loss.</summary>
    public double PretrainingWeight { get; init; } = 1;

    /// <summary>The phases in which it counts.</summary>
    public LossPhases Phases { get; init; } = LossPhases.Both;
}

/// <summary>What a loss is made from.</summary>
/// <param name="Name">The loss's name in this run.</param>
/// <param name="Encoder">The main network, with its weights.</param>
/// <param name="Features">The features F of a step.</param>
/// <param name="Levels">The number of levels that tokens take.</param>
/// <param name="Compute">How products are computed.</param>
/// <param name="Random">The loss's own random numbers, by training step.</param>
public sealed record LossContext(string Name, SequenceEncoder Encoder, int Features, int Levels, ComputeOptions Compute, LossRandom Random);
