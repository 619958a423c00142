namespace AuxLossRnn.Sequences;

/// <summary>How the real channels of a reader's own sequences are scaled: each by itself, in 64-bit floats before they are rounded to 32 bits.</summary>
/// <remarks>As levels, for embeddings and cross-entropy, channels are read where they are scaled to [0, 1] alone.</remarks>
public enum ChannelScaling
{
    /// <summary>From the training part's smallest and largest values to [0, 1], as pixels are.</summary>
    Unit,

    /// <summary>To the training part's mean 0 and standard deviation 1.</summary>
    Standard,

    /// <summary>
    /// From the training part's 5 % and 95 % quantiles to [0, 1]: a few outliers do not squeeze a channel. Where these two are equal, as
    /// <see cref="Unit"/>.
    /// </summary>
    Quantiles,

    /// <summary>To mean 0 and standard deviation 1 in each sequence: its level and its size are not read.</summary>
    PerSequence,

    /// <summary>Not at all; but a channel that 32-bit floats cannot tell apart has the training part's smallest value subtracted.</summary>
    None,
}
