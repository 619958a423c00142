namespace AuxLossRnn.Tests.Reference;

/// <summary>What the reconstruction decoder reads after its first step.</summary>
public enum ReferenceDecoderInputs
{
    /// <summary>The true step.</summary>
    TeacherForcing,

    /// <summary>Zeros in place of the encoded vector.</summary>
    FirstOnly,

    /// <summary>Its own last output, stopped.</summary>
    FreeRunning,
}
