namespace AuxLossRnn.Data;

/// <summary>How an image becomes a sequence.</summary>
public sealed record ImageSequenceOptions
{
    /// <summary>The side in pixels that images are average-pooled to; null keeps their own.</summary>
    public int? Side { get; init; }

    /// <summary>Blank steps after the last pixel: "remember across a silence". Zero in the paper.</summary>
    public int Silence { get; init; }

    /// <summary>Reads the pixels in the one fixed random order of pMNIST instead of row by row.</summary>
    public bool Permuted { get; init; }
}
