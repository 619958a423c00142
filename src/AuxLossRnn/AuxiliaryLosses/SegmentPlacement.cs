namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>Where the reconstructed segment of length L lies before its anchor a.</summary>
/// <remarks>The paper's figure shows a gap between the two; its distribution is unknown.</remarks>
public enum SegmentPlacement
{
    /// <summary>The start is uniform on [0, a − L]; the default.</summary>
    Uniform,

    /// <summary>The segment ends at the anchor, as in one re-implementation: an ablation.</summary>
    Adjacent,
}
