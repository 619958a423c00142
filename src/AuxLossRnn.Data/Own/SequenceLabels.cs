using System.Globalization;

namespace AuxLossRnn.Data;

/// <summary>The classes of a reader's own sequences, one a sequence: an <c>int[]</c> or a <c>string[]</c> is taken as it is.</summary>
public readonly struct SequenceLabels
{
    private SequenceLabels(string?[]? names) => Names = names;

    /// <summary>The classes' names by sequence; null for sequences without labels.</summary>
    internal string?[]? Names { get; }

    /// <summary>Numbers as labels; each is the name of its class.</summary>
    /// <param name="labels">One a sequence; null for none.</param>
    public static implicit operator SequenceLabels(int[]? labels) =>
        labels is null ? default : new([.. labels.Select(label => label.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Names as labels.</summary>
    /// <param name="labels">One a sequence; null for none.</param>
    public static implicit operator SequenceLabels(string[]? labels) => new(labels);
}
