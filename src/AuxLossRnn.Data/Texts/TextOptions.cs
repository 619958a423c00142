using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>How a text becomes a sequence. The paper reads DBpedia by characters; the rest is unknown.</summary>
public sealed record TextOptions
{
    /// <summary>The levels of characters.</summary>
    public TextVocabulary Vocabulary { get; init; } = TextVocabulary.Alphabet;

    /// <summary>The steps after which a text is cut; null for never.</summary>
    public int? MaxLength { get; init; } = DatasetRequest.DefaultMaxLength;

    /// <summary>Leaves the title out; otherwise a text is the title, a line break and the abstract, or the one of them that there is.</summary>
    public bool AbstractOnly { get; init; }
}
