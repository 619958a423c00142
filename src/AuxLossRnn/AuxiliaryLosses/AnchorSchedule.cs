namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>How often anchors and segments are drawn.</summary>
/// <remarks>The paper says "random"; how often they are redrawn is unknown.</remarks>
public enum AnchorSchedule
{
    /// <summary>Anew for every batch, shared by its examples; the default.</summary>
    EveryBatch,

    /// <summary>Anew for every example of every batch.</summary>
    EveryExample,

    /// <summary>Once for the whole run, as one re-implementation did: an ablation, not a recommendation.</summary>
    OncePerRun,
}
