using System.Text.Json.Serialization;

namespace AuxLossRnn.Training.Runs;

/// <summary>The two phases of training (§2.2).</summary>
public enum TrainingPhase
{
    /// <summary>The auxiliary loss alone: unsupervised pretraining.</summary>
    [JsonStringEnumMemberName("pretraining")]
    Pretraining,

    /// <summary>L = L_supervised + L_aux; for a model without auxiliary loss the supervised loss alone.</summary>
    [JsonStringEnumMemberName("joint")]
    Joint,
}
