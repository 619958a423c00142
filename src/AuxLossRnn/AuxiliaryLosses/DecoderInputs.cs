namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>What the reconstruction decoder reads after the first element of its segment.</summary>
/// <remarks>The paper says that the later elements are "optionally fed"; whether its experiments fed them is unknown.</remarks>
public enum DecoderInputs
{
    /// <summary>The true elements; the default.</summary>
    TeacherForcing,

    /// <summary>Nothing: zeros in place of the encoded element.</summary>
    FirstOnly,

    /// <summary>Its own outputs, as data: no gradient passes through them. One call a step, so slow.</summary>
    FreeRunning,
}
