using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>A notebook's Markdown cells as HTML; it keeps the headings.</summary>
/// <param name="equations">Sets the equations.</param>
/// <param name="address">Where a link or picture leads in the page.</param>
internal sealed partial class Prose(Equations equations, Func<string, string> address)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UseTaskLists().UseAutoLinks().UseFootnotes().Build();

    private readonly List<Heading> _headings = [];
    private readonly HashSet<string> _ids = [];

    /// <summary>The headings of all cells so far.</summary>
    public IReadOnlyList<Heading> Headings => _headings;

    /// <summary>A cell's HTML.</summary>
    /// <param name="markdown">The cell's text.</param>
    /// <param name="warn">Told of equations that cannot be set; their source is shown instead.</param>
    public string ToHtml(string markdown, Action<string> warn)
    {
        // As Jupyter does it: equations are taken out first, because Markdown would read their underscores and backslashes.
        var set = new List<string>();
        string text = Parts().Replace(markdown.ReplaceLineEndings("\n"), match =>
        {
            if (match.Groups["code"].Success)
            {
                return match.Value;
            }

            set.Add(Equation(match, warn));
            return $"\uE000{set.Count - 1}\uE001";
        });
        string Restored(string html) => Place().Replace(html, match =>
        {
            string one = set[int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)];
            // A comma stays on the equation's line.
            return match.Groups[2].Length > 0 ? $"<span class=\"math\">{one}{match.Groups[2]}</span>" : one;
        });

        MarkdownDocument document = Markdown.Parse(text, Pipeline);
        foreach (LinkInline link in document.Descendants<LinkInline>().Where(link => link.Url is not null))
        {
            link.Url = address(link.Url!);
        }

        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>())
        {
            string html = Anchor().Replace(Restored(Render(renderer => renderer.WriteLeafInline(heading))), "");
            string id = Unique(Slug(WebUtility.HtmlDecode(Tag().Replace(Annotation().Replace(html, ""), ""))));
            heading.GetAttributes().Id = id;
            _headings.Add(new Heading(heading.Level, id, html));
        }

        return Restored(Render(renderer => renderer.Render(document)));
    }

    /// <summary>The first sentence of the first paragraph, as Markdown; empty if there is none.</summary>
    public static string FirstSentence(string markdown)
    {
        string text = markdown.ReplaceLineEndings("\n");
        ParagraphBlock? paragraph = Markdown.Parse(text, Pipeline).Descendants<ParagraphBlock>().FirstOrDefault();
        if (paragraph is null)
        {
            return "";
        }

        string source = text.Substring(paragraph.Span.Start, paragraph.Span.Length);
        // A point within code or an equation ends no sentence.
        string masked = Parts().Replace(source, match => new string('x', match.Length));
        Match end = SentenceEnd().Match(masked);
        return end.Success ? source[..(end.Index + 1)] : source;
    }

    private string Equation(Match match, Action<string> warn)
    {
        bool environment = match.Groups["environment"].Success;
        bool display = environment || match.Groups["display"].Success;
        string tex = environment ? match.Value : match.Groups[display ? "display" : "inline"].Value;
        try
        {
            return equations.ToMathMl(tex, display);
        }
        catch (FormatException problem)
        {
            warn($"the equation {match.Value.Replace('\n', ' ')} is not understood: {problem.Message}");
            return $"<code class=\"tex\">{WebUtility.HtmlEncode(match.Value)}</code>";
        }
    }

    private static string Render(Action<HtmlRenderer> render)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        render(renderer);
        return writer.ToString();
    }

    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text.Trim().ToLowerInvariant())
        {
            slug.Append(char.IsLetterOrDigit(c) ? c : char.IsWhiteSpace(c) || c == '-' ? '-' : "");
        }

        return slug.Length > 0 ? slug.ToString() : "section";
    }

    private string Unique(string id)
    {
        string unique = id;
        for (int i = 2; !_ids.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{id}-{i}");
        }

        return unique;
    }

    // Code first: dollars in it are no equations. An inline equation touches its dollars, so that "$5 and $6" is none.
    [GeneratedRegex("""
        (?<code>^[ ]{0,3}(?<fence>`{3,}|~{3,})[\s\S]*?(^[ ]{0,3}\k<fence>|\z)|(?<!`)(?<ticks>`+)(?!`)[\s\S]*?(?<!`)\k<ticks>(?!`)|\\[\\$])|\$\$(?<display>(?:[^$\n]|\\\$|\n(?!\s*\n))+)\$\$|\$(?<inline>(?![\s$])(?:\\.|[^$\n\\]|\n(?!\s*\n))*?(?:(?<!\s)))\$(?!\d)|\\begin\{(?<environment>(?:align|equation|gather|alignat)\*?)\}[\s\S]*?\\end\{\k<environment>\}
        """, RegexOptions.Multiline)]
    private static partial Regex Parts();

    [GeneratedRegex("\uE000(\\d+)\uE001([.,;:!?)]*)")]
    private static partial Regex Place();

    [GeneratedRegex("</?a( [^>]*)?>")]
    private static partial Regex Anchor();

    [GeneratedRegex("<annotation.*?</annotation>", RegexOptions.Singleline)]
    private static partial Regex Annotation();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"[.!?](?=\s|$)")]
    private static partial Regex SentenceEnd();
}
