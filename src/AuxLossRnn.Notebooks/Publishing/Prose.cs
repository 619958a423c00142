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
/// <param name="addresses">Where links and pictures lead in the page.</param>
internal sealed partial class Prose(Equations equations, Addresses addresses)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseEmphasisExtras().UseTaskLists().UseAutoLinks().UseFootnotes().Use<EquationExtension>().Build();

    private readonly List<Heading> _headings = [];
    private readonly HashSet<string> _ids = [.. Page.Ids];

    /// <summary>The headings of all cells so far.</summary>
    public IReadOnlyList<Heading> Headings => _headings;

    /// <summary>A cell's HTML.</summary>
    /// <param name="markdown">The cell's text.</param>
    public string ToHtml(string markdown)
    {
        MarkdownDocument document = Parse(markdown);
        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>())
        {
            string name = Name(Render(renderer =>
            {
                renderer.EnableHtmlForInline = renderer.EnableHtmlEscape = false;
                renderer.WriteLeafInline(heading);
            }));
            string id = Unique(name.Length > 0 ? name : "section");
            heading.GetAttributes().Id = id;
            _headings.Add(new Heading(heading.Level, name, id, Anchor().Replace(Render(renderer => renderer.WriteLeafInline(heading)), "")));
        }

        return Render(renderer => renderer.Render(document));
    }

    /// <summary>The first sentence of the first paragraph that says something, as HTML; empty if there is none.</summary>
    /// <param name="markdown">The cell's text.</param>
    public string FirstSentence(string markdown)
    {
        foreach (ParagraphBlock paragraph in Parse(markdown).Descendants<ParagraphBlock>())
        {
            LiteralInline[] texts = [.. paragraph.Inline!.Descendants<LiteralInline>().Where(text => text.FindParentOfType<LinkInline>().All(link => !link.IsImage))];
            if (!texts.Any(text => text.Content.AsSpan().ContainsAnyExceptInRange('\0', '@')))
            {
                continue;
            }

            foreach (LiteralInline text in texts)
            {
                // A point ends a sentence before a space, or at the end of a line.
                Match end = SentenceEnd().Match(text.Content.ToString() + (text.NextSibling is null or LineBreakInline ? "\n" : ""));
                if (end.Success)
                {
                    text.Content.End = text.Content.Start + end.Index;
                    RemoveAfter(text);
                    break;
                }
            }

            return Render(renderer => renderer.Render(paragraph));
        }

        return "";
    }

    /// <summary>What Jupyter calls the place of a heading.</summary>
    /// <param name="text">The heading's text.</param>
    private static string Name(string text) => Spaces().Replace(text.Trim(), "-");

    private static void RemoveAfter(Inline text)
    {
        for (Inline? at = text; at is not null; at = at.Parent)
        {
            while (at.NextSibling is Inline next)
            {
                next.Remove();
            }
        }
    }

    // In the order of the text, because an equation may define what a later one uses.
    private MarkdownDocument Parse(string markdown)
    {
        MarkdownDocument document = Markdown.Parse(markdown, Pipeline);
        int verbatim = 0;
        foreach (MarkdownObject part in document.Descendants().ToArray())
        {
            switch (part)
            {
                case HtmlBlock block:
                    block.Lines = new Markdig.Helpers.StringLineGroup(addresses.In(block.Lines.ToString(), InHtml));
                    break;
                case LeafBlock:
                    verbatim = 0;
                    break;
                case HtmlInline tag:
                    verbatim += CodeTag().Match(tag.Tag) is { Success: true } code ? code.Groups["closes"].Success ? -1 : 1 : 0;
                    tag.Tag = addresses.In(tag.Tag);
                    break;
                case LinkInline { Url: not null } link:
                    link.Url = addresses.Of(link.Url, shown: link.IsImage);
                    break;
                case EquationInline equation when verbatim > 0:
                    equation.Html = WebUtility.HtmlEncode(equation.Source);
                    break;
                case EquationInline equation when equation.FindParentOfType<LinkInline>().All(link => !link.IsImage):
                    Set(equation);
                    break;
                case LiteralInline literal when Reference().Match(literal.Content.ToString()) is { Success: true } reference:
                    addresses.Warn($"{reference.Value} is shown as it is written: equations have no numbers on pages. Name the equation in words.");
                    break;
                default:
                    break;
            }
        }

        return document;
    }

    private void Set(EquationInline equation)
    {
        if (equation.Text is null)
        {
            addresses.Warn($"an equation that begins with {equation.Source} does not end before a blank line, and is shown as it is written.");
            return;
        }

        equation.Html = Set(equation.Text, equation.Source);
        if (equation.NextSibling is LiteralInline { IsFirstCharacterEscaped: false } next && Punctuation().Match(next.Content.ToString()) is { Length: > 0 } comma)
        {
            // A comma stays on the equation's line.
            equation.Html = $"<span class=\"math\">{equation.Html}{comma.Value}</span>";
            next.Content.Start += comma.Length;
        }
    }

    private string Set(EquationText equation, string source)
    {
        try
        {
            return equations.ToMathMl(equation.Tex, equation.Display);
        }
        catch (FormatException problem)
        {
            addresses.Warn($"the equation {source.ReplaceLineEndings(" ")} is not understood: {problem.Message}");
            return $"<code class=\"tex\">{WebUtility.HtmlEncode(source)}</code>";
        }
    }

    private string InHtml(string html)
    {
        var set = new StringBuilder();
        int at = 0;
        foreach ((int start, EquationText equation) in EquationText.In(html))
        {
            string source = WebUtility.HtmlDecode(html[start..equation.End]);
            set.Append(html, at, start - at).Append(Set(equation with { Tex = WebUtility.HtmlDecode(equation.Tex) }, source));
            at = equation.End;
        }

        return set.Append(html, at, html.Length - at).ToString();
    }

    private static string Render(Action<HtmlRenderer> render)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        render(renderer);
        return writer.ToString();
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

    [GeneratedRegex("^<(?<closes>/)?(?:code|pre)\\b", RegexOptions.IgnoreCase)]
    private static partial Regex CodeTag();

    [GeneratedRegex(@"^[.,;:!?)]*")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"\\(?:eqref|ref)\{[^}]*\}?")]
    private static partial Regex Reference();

    [GeneratedRegex("</?a( [^>]*)?>")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"[ \n]")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[.!?](?=\s)")]
    private static partial Regex SentenceEnd();
}
