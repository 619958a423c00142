namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>What happens to a segment that is longer than the auxiliary truncation.</summary>
/// <remarks>The paper uses segments of 600 with a truncation of 300; which of the two it means is unknown.</remarks>
public enum SegmentTruncation
{
    /// <summary>Gradients pass through all L steps of the auxiliary network, and then K steps of the main LSTM; the default.</summary>
    Whole,

    /// <summary>Gradients are cut every K steps of the segment, so only its first K steps reach the anchor.</summary>
    Chunked,
}
