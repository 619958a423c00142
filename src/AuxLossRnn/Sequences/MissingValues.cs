namespace AuxLossRnn.Sequences;

/// <summary>What becomes of values that a reader's own sequences lack.</summary>
public enum MissingValues
{
    /// <summary>They are refused; the message names the first ten places.</summary>
    Refused,

    /// <summary>The channel's last value of the sequence stands for them; before its first, the training part's mean.</summary>
    CarriedForward,

    /// <summary>
    /// A line between the values before and after stands for them, the nearest value at the ends, and the training part's mean where a sequence
    /// has no value of the channel.
    /// </summary>
    Interpolated,

    /// <summary>Carried forward, and one more channel, the last, holds the share of a step's channels that is missing: 0 where none is.</summary>
    Marked,
}
