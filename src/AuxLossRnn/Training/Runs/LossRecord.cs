using AuxLossRnn.AuxiliaryLosses;

namespace AuxLossRnn.Training.Runs;

/// <summary>One of a run's losses, as <c>losses.json</c> keeps it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">Its weight in joint training.</param>
/// <param name="PretrainingWeight">Its weight in pretraining.</param>
/// <param name="Phases">When it counts.</param>
public sealed record LossRecord(string Name, double Weight, double PretrainingWeight, LossPhases Phases)
{
    /// <summary>The record of a loss.</summary>
    /// <param name="part">The loss.</param>
    public static LossRecord Of(LossPart part) => new(part.Name, part.Weight, part.PretrainingWeight, part.Phases);

    /// <summary>A few words for a sentence.</summary>
    public override string ToString() => $"{Name} (weight {Weight} and {PretrainingWeight} in pretraining, phases: {Phases.ToString().ToLowerInvariant()})";
}
