namespace AuxLossRnn.Sequences;

/// <summary>The levels that the characters of a text take. Which one the paper has is unknown.</summary>
public enum TextVocabulary
{
    /// <summary>
    /// The characters of Zhang, Zhao and LeCun (2015), lower-cased: printable ASCII and the line break; and the space, which
    /// they leave out. All other characters share one level. The default.
    /// </summary>
    Alphabet,

    /// <summary>The bytes of UTF-8: a character has one to four steps.</summary>
    Bytes,
}
