using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Code that is still being typed, line by line: whether and how it goes on.</summary>
internal static class OpenCode
{
    private const string Unterminated = "CS8997";
    private const string Step = "    ";

    /// <summary>Whether a cell can be run as it is, or wants another line.</summary>
    /// <param name="code">The cell's text.</param>
    public static CellCompleteness Completeness(string code)
    {
        IReadOnlyList<CellPart> parts;
        try
        {
            parts = CellParts.Split(code);
        }
        catch (UserException)
        {
            return CellCompleteness.Invalid;
        }

        SyntaxTree tree = CSharpSyntaxTree.ParseText(parts.LastOrDefault(p => p.Kind == CellParts.CSharp)?.Text ?? "", CSharpSession.ParseOptions);
        return !SyntaxFactory.IsCompleteSubmission(tree) || EndsInRawString(code) ? CellCompleteness.Incomplete
            : tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? CellCompleteness.Invalid
            : CellCompleteness.Complete;
    }

    /// <summary>Whether the code ends within a raw string of several lines: it takes another line, which Roslyn does not say.</summary>
    /// <param name="code">The cell's text.</param>
    public static bool EndsInRawString(string code)
    {
        IReadOnlyList<CellPart> parts;
        try
        {
            parts = CellParts.Split(code);
        }
        catch (UserException)
        {
            return false;
        }

        // The line's end is what comes next; with it, quotes alone begin a string of several lines.
        string text = parts.LastOrDefault(part => part.Kind == CellParts.CSharp)?.Text + "\n";
        SyntaxNode root = CSharpSyntaxTree.ParseText(text, CSharpSession.ParseOptions).GetRoot();
        SyntaxToken last = root.GetLastToken();
        bool several = last.Kind() is SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.Utf8MultiLineRawStringLiteralToken
            || (last.Parent?.AncestorsAndSelf().OfType<InterpolatedStringExpressionSyntax>()
                .Any(text => text.StringStartToken.IsKind(SyntaxKind.InterpolatedMultiLineRawStringStartToken)) ?? false);
        return several && root.GetDiagnostics().Any(problem => problem.Id == Unterminated);
    }

    /// <summary>What the next line begins with: as far in as the last one, a step further after an open brace.</summary>
    /// <param name="code">The cell's text.</param>
    public static string Indent(string code)
    {
        if (EndsInRawString(code))
        {
            return ""; // what is indented would become the string's
        }

        string last = code.Split('\n').LastOrDefault(line => !string.IsNullOrWhiteSpace(line))?.TrimEnd() ?? "";
        string indent = last[..^last.TrimStart().Length];
        return last.EndsWith('{') ? indent + Step : indent;
    }
}
