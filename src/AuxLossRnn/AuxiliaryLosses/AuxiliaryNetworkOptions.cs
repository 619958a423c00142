using AuxLossRnn.Models;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The choices of an auxiliary network.</summary>
/// <param name="Hidden">The size of its LSTM; the main state's, so that the copy of the state is exact, or more.</param>
/// <param name="Encoding">How the decoder encodes what it reads.</param>
/// <param name="EncodingSize">The size E of that encoding.</param>
/// <param name="Levels">The number of levels that tokens take.</param>
/// <param name="TokenLoss">The loss of one predicted step.</param>
/// <param name="DecoderInputs">What the decoder reads after the first element.</param>
/// <param name="DecoderStart">How the main state starts the decoder.</param>
/// <param name="SegmentTruncation">What happens to a segment longer than the truncation.</param>
/// <param name="FeedForward">The feed-forward layers.</param>
/// <param name="Compute">How it computes.</param>
public sealed record AuxiliaryNetworkOptions(
    int Hidden,
    InputEncoding Encoding,
    int EncodingSize,
    int Levels,
    TokenLoss TokenLoss,
    DecoderInputs DecoderInputs,
    DecoderStart DecoderStart,
    SegmentTruncation SegmentTruncation,
    FeedForwardOptions FeedForward,
    ComputeOptions Compute);
