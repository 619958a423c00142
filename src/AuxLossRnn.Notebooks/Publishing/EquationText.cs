using System.Text.RegularExpressions;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>An equation as it stands in a text.</summary>
/// <param name="End">Where the text goes on after it.</param>
/// <param name="Tex">What KaTeX is given.</param>
/// <param name="Display">Whether it stands on a line of its own.</param>
internal sealed partial record EquationText(int End, string Tex, bool Display)
{
    /// <summary>The equation that begins at a place of a text; null if none does.</summary>
    /// <remarks>
    /// As in Jupyter: between dollars, between <c>\\(</c> and <c>\\)</c> or <c>\\[</c> and <c>\\]</c>, and environments; dollars in
    /// braces or code end none, and no equation goes over a blank line. Unlike Jupyter, "$5 and $6" is none.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <param name="start">The place, of a dollar or a backslash.</param>
    public static EquationText? At(string text, int start)
    {
        if (Begins(text, start, "$$"))
        {
            return Between(text, start, "$$", "$$", display: true);
        }

        if (Begins(text, start, @"\\("))
        {
            return Between(text, start, @"\\(", @"\\)", display: false);
        }

        if (Begins(text, start, @"\\["))
        {
            return Between(text, start, @"\\[", @"\\]", display: true);
        }

        if (Begin().Match(text, start) is { Success: true } begin)
        {
            return EnvironmentEnd(text, start, begin.Groups[1].Value) is int end ? new EquationText(end, text[start..end], true) : null;
        }

        return text[start] == '$' && Between(text, start, "$", "$", display: false) is { } inline && IsInline(inline, text) ? inline : null;
    }

    /// <summary>Whether at a place of a text something begins that can be nothing but an equation, whether or not it ends.</summary>
    public static bool OpensAt(string text, int start) =>
        Begins(text, start, "$$") || Begins(text, start, @"\\(") || Begins(text, start, @"\\[") || Begin().IsMatch(text, start);

    /// <summary>The equations of a text, with their places.</summary>
    public static IEnumerable<(int Start, EquationText Equation)> In(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (text[i] is '$' or '\\' && At(text, i) is { } equation)
            {
                yield return (i, equation);
                i = equation.End;
            }
            else
            {
                // What is escaped begins nothing, and nothing begins in code.
                i += text[i] == '\\' ? 2 : text[i] == '`' && Code().Match(text, i) is { Success: true } code ? code.Length : 1;
            }
        }
    }

    private static bool Begins(string text, int start, string with) => string.CompareOrdinal(text, start, with, 0, with.Length) == 0;

    private static EquationText? Between(string text, int start, string open, string close, bool display)
    {
        int from = start + open.Length;
        int end = Find(text, from, close, braces: true) ?? Find(text, from, close, braces: false) ?? -1;
        return end < 0 || string.IsNullOrWhiteSpace(text[from..end]) ? null : new EquationText(end + close.Length, text[from..end], display);
    }

    private static int? Find(string text, int from, string close, bool braces)
    {
        int depth = 0;
        for (int i = from; i < text.Length; i++)
        {
            if (depth <= 0 && Begins(text, i, close))
            {
                return i;
            }

            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '{' when braces:
                    depth++;
                    break;
                case '}' when braces:
                    depth--;
                    break;
                case '`' when Code().Match(text, i) is { Success: true } code:
                    i += code.Length - 1;
                    break;
                case '\n' when Blank().IsMatch(text, i):
                    return null;
                default:
                    break;
            }
        }

        return null;
    }

    private static int? EnvironmentEnd(string text, int start, string name)
    {
        int depth = 0;
        foreach (Match edge in Edge().Matches(text, start).Where(edge => edge.Groups["name"].Value == name || edge.Groups["blank"].Success))
        {
            depth += edge.Groups["blank"].Success ? 0 : edge.Groups["begin"].Success ? 1 : -1;
            if (depth == 0 || edge.Groups["blank"].Success)
            {
                return depth == 0 ? edge.Index + edge.Length : null;
            }
        }

        return null;
    }

    // It touches its dollars, or looks like TeX.
    private static bool IsInline(EquationText inline, string text) =>
        (inline.End == text.Length || !char.IsAsciiDigit(text[inline.End]))
        && ((!char.IsWhiteSpace(inline.Tex[0]) && !char.IsWhiteSpace(inline.Tex[^1])) || LikeTex().IsMatch(inline.Tex));

    [GeneratedRegex(@"\G\\begin\{([A-Za-z]+\*?)\}")]
    private static partial Regex Begin();

    [GeneratedRegex(@"\\(?:(?<begin>begin)|end)\{(?<name>[A-Za-z]+\*?)\}|(?<blank>\n[ \t\r]*\n)")]
    private static partial Regex Edge();

    [GeneratedRegex(@"\G(?<ticks>`+)(?!`)[\s\S]*?(?<!`)\k<ticks>(?!`)")]
    private static partial Regex Code();

    [GeneratedRegex(@"\G\n[ \t\r]*\n")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\\[A-Za-z]|[\^=]|_\{|_.\b")]
    private static partial Regex LikeTex();
}
