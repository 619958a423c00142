using Markdig;
using Markdig.Syntax;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Tells a line that looks like a directive, and is one of a text, from a directive.</summary>
internal static class TextLine
{
    // Strings of one line, verbatim and raw ones, and comments.
    private static readonly string[] Unterminated = ["CS1010", "CS1039", "CS8997", "CS1035"];

    /// <summary>Whether a line is one of a raw string or a comment in C#, or of a block of code in Markdown.</summary>
    /// <param name="language">The language.</param>
    /// <param name="before">What stands above the line.</param>
    /// <param name="line">The line.</param>
    /// <param name="after">What stands below it, which is to end the string, the comment or the block; null where that may come yet.</param>
    public static bool Is(string language, string before, string line, string? after = null) => language switch
    {
        CellLanguages.CSharp => InCSharp($"{before}{line}\n{after}", before.Length, ended: after is not null),
        CellLanguages.Markdown => InMarkdown($"{before}{line}\n{after}", before.Length, ended: after is not null),
        _ => false,
    };

    private static bool InCSharp(string code, int at, bool ended)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(code, CSharpSession.ParseOptions).GetRoot();
        SyntaxToken token = root.FindToken(at);
        SyntaxTrivia trivia = root.FindTrivia(at);
        bool inTrivia = trivia.FullSpan.End > at && trivia.SpanStart <= at;
        bool inString = token.Span.End > at && (token.SpanStart < at || token.IsKind(SyntaxKind.InterpolatedStringTextToken));
        bool inComment = inTrivia && trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);
        bool disabled = (inTrivia && trivia.IsKind(SyntaxKind.DisabledTextTrivia)) || trivia.GetStructure() is DirectiveTriviaSyntax { IsActive: false }; // within #if false
        return ended ? (inString && Ends(token.GetDiagnostics())) || (inComment && Ends(trivia.GetDiagnostics())) : inString || inComment || disabled;
    }

    private static bool Ends(IEnumerable<Diagnostic> problems) => !problems.Any(problem => Unterminated.Contains(problem.Id));

    private static bool InMarkdown(string markdown, int at, bool ended)
    {
        MarkdownDocument document = Markdown.Parse(markdown);
        return ended ? document.Descendants<FencedCodeBlock>().Any(code => code.Span.Start <= at && at <= code.Span.End && code.ClosingFencedCharCount > 0)
            : document.Descendants<LeafBlock>().LastOrDefault() is CodeBlock;
    }
}
