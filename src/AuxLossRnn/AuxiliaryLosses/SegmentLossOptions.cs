using AuxLossRnn.Models;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The choices of a loss over segments.</summary>
/// <param name="Anchors">The anchors N of each example.</param>
/// <param name="Length">The segment length L.</param>
/// <param name="Schedule">How often anchors and segments are drawn.</param>
/// <param name="Placement">Where a reconstructed segment lies before its anchor.</param>
/// <param name="Truncation">How far back the gradient goes in the main network.</param>
/// <param name="SharedNetwork">Whether all anchors share one network.</param>
/// <param name="Network">The network's.</param>
public sealed record SegmentLossOptions(
    int Anchors, int Length, AnchorSchedule Schedule, SegmentPlacement Placement, Truncation Truncation, bool SharedNetwork,
    AuxiliaryNetworkOptions Network)
{
    /// <summary>The networks: one, or one an anchor.</summary>
    internal int Networks => SharedNetwork ? 1 : Anchors;

    /// <summary>The steps after which the gradient through a chunked segment is cut; null for never.</summary>
    internal int? Cut => Network.SegmentTruncation == SegmentTruncation.Chunked ? Truncation.Cut : null;
}
