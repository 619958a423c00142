namespace AuxLossRnn.Tests.Reference;

/// <summary>How a step becomes the vector that an LSTM reads.</summary>
public enum ReferenceInputEncoding
{
    /// <summary>The F input values themselves.</summary>
    Raw,

    /// <summary>A linear layer over the F input values.</summary>
    Linear,

    /// <summary>The sum over channels c of the table's row c · levels + token.</summary>
    Embedding,
}
