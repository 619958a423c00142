using System.Net;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Figures;

/// <summary>HTML that a notebook shows as it is, such as a table.</summary>
/// <param name="Html">The HTML: a fragment.</param>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed partial record HtmlText(string Html) : IHtml
{
    /// <inheritdoc/>
    public string ToHtml() => Html;

    /// <summary>Its text, a line a row of a table, for hosts that show no HTML.</summary>
    public override string ToString() =>
        WebUtility.HtmlDecode(Blanks().Replace(Tags().Replace(Html.Replace("</tr>", "\n", StringComparison.Ordinal), "  "), "  ")).Trim();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();
}
