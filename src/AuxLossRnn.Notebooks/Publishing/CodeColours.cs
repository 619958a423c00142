using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>C# with its keywords, texts, numbers, types, methods and comments marked, from the syntax alone.</summary>
internal static class CodeColours
{
    private static readonly CSharpParseOptions Script = new(kind: SourceCodeKind.Script);

    /// <summary>Code as HTML.</summary>
    public static string ToHtml(string code)
    {
        var html = new StringBuilder();
        foreach (SyntaxToken token in CSharpSyntaxTree.ParseText(code, Script).GetRoot().DescendantTokens())
        {
            Append(html, token.LeadingTrivia);
            Append(html, token.Text, Class(token));
            Append(html, token.TrailingTrivia);
        }

        return html.ToString();
    }

    private static void Append(StringBuilder html, SyntaxTriviaList trivia)
    {
        foreach (SyntaxTrivia one in trivia)
        {
            Append(html, one.ToFullString(), one.IsDirective ? "d" : one.ToString().StartsWith('/') ? "c" : null);
        }
    }

    private static void Append(StringBuilder html, string text, string? kind)
    {
        string encoded = WebUtility.HtmlEncode(text);
        html.Append(kind is null || text.Length == 0 ? encoded : $"<span class=\"{kind}\">{encoded}</span>");
    }

    private static string? Class(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "n",
        SyntaxKind.CharacterLiteralToken or SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedVerbatimStringStartToken
            or SyntaxKind.InterpolatedRawStringEndToken or SyntaxKind.InterpolatedSingleLineRawStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken => "s",
        SyntaxKind.IdentifierToken => Class(token.Parent!),
        _ => token.IsKeyword() ? "k" : null,
    };

    private static string? Class(SyntaxNode name)
    {
        if (name is MethodDeclarationSyntax or LocalFunctionStatementSyntax)
        {
            return "m";
        }

        if (name is BaseTypeDeclarationSyntax)
        {
            return "t";
        }

        if (name is not SimpleNameSyntax simple)
        {
            return null;
        }

        if (simple is IdentifierNameSyntax { Identifier.Text: "var" })
        {
            return "k";
        }

        SyntaxNode called = simple.Parent is MemberAccessExpressionSyntax member && member.Name == simple ? member : simple;
        return called.Parent is InvocationExpressionSyntax call && call.Expression == called ? "m" : IsType(simple) ? "t" : null;
    }

    private static bool IsType(SimpleNameSyntax name) => name.Parent switch
    {
        VariableDeclarationSyntax or ParameterSyntax or TypeArgumentListSyntax or ArrayTypeSyntax or NullableTypeSyntax or ObjectCreationExpressionSyntax
            or BaseTypeSyntax or TupleElementSyntax or ForEachStatementSyntax { Type: SimpleNameSyntax } => name.Parent is not ForEachStatementSyntax each || each.Type == name,
        CastExpressionSyntax cast => cast.Type == name,
        MethodDeclarationSyntax method => method.ReturnType == name,
        LocalFunctionStatementSyntax function => function.ReturnType == name,
        // Names of types start with a capital, and so do those of properties; before a point it is mostly a type.
        MemberAccessExpressionSyntax member => member.Expression == name && char.IsUpper(name.Identifier.Text[0]),
        _ => false,
    };
}
