using System.Net;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Finds equations where Markdown has text: not in code, addresses, titles and tags.</summary>
internal sealed class EquationParser : InlineParser
{
    private const int Excerpt = 40;

    /// <summary>Makes the parser.</summary>
    public EquationParser() => OpeningCharacters = ['$', '\\'];

    /// <inheritdoc/>
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        int start = slice.Start;
        string text = slice.End + 1 == slice.Text.Length ? slice.Text : slice.Text[..(slice.End + 1)];
        EquationText? equation = EquationText.At(text, start);
        if (equation is null && !EquationText.OpensAt(text, start))
        {
            return false;
        }

        // What does not end is text, of which its first characters are none of Markdown's.
        int end = equation?.End ?? start + (text[start] == '$' ? 2 : text[start + 1] == '\\' ? 3 : 1);
        string source = equation is null ? text[start..Math.Min(text.Length, start + Excerpt)].Split('\n')[0] : text[start..end];
        processor.Inline = new EquationInline(source, equation)
        {
            Span = new SourceSpan(processor.GetSourcePosition(start, out int line, out int column), processor.GetSourcePosition(end - 1)),
            Line = line,
            Column = column,
            Html = WebUtility.HtmlEncode(text[start..end]),
        };
        slice.Start = end;
        return true;
    }
}
