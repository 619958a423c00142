using System.Text.Json.Serialization;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>How the main state at an anchor starts the decoder's bottom layer; the paper copies an LSTM's.</summary>
/// <remarks>
/// Encoders that are no LSTM have states of another shape, for which the paper has no rule. The kit's: a state of one tensor starts both the
/// hidden and the cell state, so that what it says is kept by the forget gate and read at the first step.
/// </remarks>
public enum DecoderStart
{
    /// <summary>A copy, padded with zeros where the decoder is larger; the default.</summary>
    [JsonStringEnumMemberName("copy")]
    Copy,

    /// <summary>One learned linear map of the whole state, where its sizes differ from the decoder's; a copy where they do not.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,
}
