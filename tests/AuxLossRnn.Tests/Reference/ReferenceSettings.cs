namespace AuxLossRnn.Tests.Reference;

/// <summary>The variant of the method that the reference computes.</summary>
public sealed record ReferenceSettings
{
    /// <summary>The main network: lstm, gru, irnn or urnn.</summary>
    public string Cell { get; init; } = "lstm";

    /// <summary>The fixed permutation of the uRNN; empty for the others.</summary>
    public int[] Permutation { get; init; } = [];

    public bool Reconstruction { get; init; }

    public bool Prediction { get; init; }

    /// <summary>The segment length L.</summary>
    public int SegmentLength { get; init; }

    /// <summary>The length of each example; null where none is shorter than the batch.</summary>
    public IReadOnlyList<int>? Lengths { get; init; }

    /// <summary>How many steps the supervised gradient goes back; null for all, 0 for none.</summary>
    public int? Truncation { get; init; }

    /// <summary>How many steps an auxiliary gradient goes back from the anchor; null for all, 0 for none.</summary>
    public int? AuxiliaryTruncation { get; init; }

    /// <summary>Whether auxiliary states stop after every <see cref="AuxiliaryTruncation"/> segment steps.</summary>
    public bool ChunkedDecoder { get; init; }

    public ReferenceDecoderInputs DecoderInputs { get; init; }

    public ReferenceTokenLoss TokenLoss { get; init; }

    public ReferenceInputEncoding InputEncoding { get; init; }

    /// <summary>The number of levels that a token can take.</summary>
    public int Levels { get; init; } = 256;

    public bool IncludeSupervised { get; init; } = true;

    public bool IncludeAuxiliary { get; init; } = true;
}
