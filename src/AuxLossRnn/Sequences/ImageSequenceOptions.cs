namespace AuxLossRnn.Sequences;

/// <summary>How an image becomes a sequence.</summary>
public sealed record ImageSequenceOptions
{
    /// <summary>Blank steps after the last pixel: "remember across a silence". Zero in the paper.</summary>
    public int Silence { get; init; }

    /// <summary>The order in which the pixels are read: entry t is the pixel of step t; null reads them row by row.</summary>
    public IReadOnlyList<int>? Order { get; init; }
}
