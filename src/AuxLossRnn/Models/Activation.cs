using System.Text.Json.Serialization;

namespace AuxLossRnn.Models;

/// <summary>The activation between the two feed-forward layers; unknown for the paper, ReLU by default.</summary>
public enum Activation
{
    /// <summary>max(0, x).</summary>
    [JsonStringEnumMemberName("relu")]
    ReLU,

    /// <summary>tanh x.</summary>
    Tanh,
}
