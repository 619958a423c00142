using Markdig.Syntax.Inlines;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>An equation among a paragraph's text.</summary>
/// <param name="source">How it is written, or how what begins there begins.</param>
/// <param name="text">The equation; null for one that begins and does not end.</param>
internal sealed class EquationInline(string source, EquationText? text) : LeafInline
{
    /// <summary>How it is written, or how what begins there begins.</summary>
    public string Source => source;

    /// <summary>The equation; null for one that begins and does not end.</summary>
    public EquationText? Text => text;

    /// <summary>How it is shown.</summary>
    public required string Html { get; set; }
}
