using System.Text.Json.Serialization;

namespace AuxLossRnn.Specs;

/// <summary>The optimisers; the paper's is RMSProp according to a re-implementation.</summary>
public enum OptimiserKind
{
    /// <summary>RMSProp; the default.</summary>
    [JsonStringEnumMemberName("rmsprop")]
    RmsProp,

    /// <summary>Adam.</summary>
    [JsonStringEnumMemberName("adam")]
    Adam,

    /// <summary>Adam with decoupled weight decay.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}
