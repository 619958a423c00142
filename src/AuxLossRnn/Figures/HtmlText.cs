namespace AuxLossRnn.Figures;

/// <summary>HTML that a notebook shows as it is, such as a table.</summary>
/// <param name="Html">The HTML: a fragment.</param>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed record HtmlText(string Html) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => Html;
}
