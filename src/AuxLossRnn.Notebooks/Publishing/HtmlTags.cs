using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Changes attributes and texts of HTML and leaves all else as it is written.</summary>
internal static partial class HtmlTags
{
    private static readonly string[] Unread = ["script", "style", "textarea", "title"];
    private static readonly string[] Verbatim = ["pre", "code", "math", "svg"];

    /// <summary>HTML, whole or in parts, with other attributes and texts.</summary>
    /// <param name="html">The HTML.</param>
    /// <param name="attribute">An attribute's new value by its tag's name, its own and its value: each in small letters, without escapes.</param>
    /// <param name="text">The HTML in place of a text that stands in no code; null to leave texts alone.</param>
    public static string Change(string html, Func<string, string, string, string> attribute, Func<string, string>? text = null)
    {
        var changed = new StringBuilder(html.Length);
        int at = 0;
        int verbatim = 0;
        void Text(int end)
        {
            string between = html[at..end];
            changed.Append(text is null || verbatim > 0 || between.Length == 0 ? between : text(between));
        }

        foreach (Match piece in Pieces().Matches(html))
        {
            // Within what is not read for tags.
            if (piece.Index < at)
            {
                continue;
            }

            Text(piece.Index);
            at = piece.Index + piece.Length;
            string tag = piece.Groups["name"].Value.ToLowerInvariant();
            bool closes = piece.Groups["closes"].Success;
            changed.Append(tag.Length == 0 || closes ? piece.Value : Tag(piece, tag, attribute));
            if (Verbatim.Contains(tag))
            {
                verbatim = Math.Max(0, verbatim + (closes ? -1 : 1));
            }
            else if (Unread.Contains(tag) && !closes)
            {
                int end = html.IndexOf($"</{tag}", at, StringComparison.OrdinalIgnoreCase);
                end = end < 0 ? html.Length : end;
                changed.Append(html, at, end - at);
                at = end;
            }
        }

        Text(html.Length);
        return changed.ToString();
    }

    private static string Tag(Match piece, string tag, Func<string, string, string, string> attribute) => Attributes().Replace(piece.Value, match =>
    {
        string value = WebUtility.HtmlDecode(match.Groups["value"].Value);
        string now = attribute(tag, match.Groups["name"].Value.ToLowerInvariant(), value);
        return now == value ? match.Value : $"{match.Groups["name"].Value}=\"{WebUtility.HtmlEncode(now)}\"";
    });

    [GeneratedRegex("""<!--[\s\S]*?(?:-->|\z)|<(?<closes>/)?(?<name>[A-Za-z][A-Za-z0-9:-]*)(?>"[^"]*"|'[^']*'|[^"'<>])*>|<[!?][^<>]*>""")]
    private static partial Regex Pieces();

    // Quoted values are read whole, so that what looks like an attribute in one is none.
    [GeneratedRegex("""(?<=[\s"'])(?<name>[^\s"'<>/=]+)\s*=\s*(?:"(?<value>[^"]*)"|'(?<value>[^']*)'|(?<value>[^\s"'<>]+))""")]
    private static partial Regex Attributes();
}
