using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Writes a check for cancellation into each loop, label and method body of a cell: managed threads cannot be ended.</summary>
/// <remarks>Nothing moves to another line. Columns do, so errors are to be taken from the cell as it was written.</remarks>
internal static class CancellationChecks
{
    private const string Check = " global::AuxLossRnn.Notebooks.Session.CellCheck.Check(); ";
    private const string Enter = " global::AuxLossRnn.Notebooks.Session.CellCheck.Enter(); ";

    public static string Insert(SyntaxNode root)
    {
        // At one place, what closes an inner body comes before what closes an outer one: the order of adding is kept.
        var inserts = new List<(int Position, int Order, string Text)>();
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            StatementSyntax? body = node switch
            {
                WhileStatementSyntax loop => loop.Statement,
                DoStatementSyntax loop => loop.Statement,
                ForStatementSyntax loop => loop.Statement,
                CommonForEachStatementSyntax loop => loop.Statement,
                BaseMethodDeclarationSyntax method => method.Body,
                AccessorDeclarationSyntax accessor => accessor.Body,
                LocalFunctionStatementSyntax function => function.Body,
                AnonymousFunctionExpressionSyntax function => function.Block,
                _ => null,
            };
            if (node is LabeledStatementSyntax label)
            {
                Add(label.ColonToken.Span.End, Check);
            }
            else if (node is SwitchSectionSyntax section)
            {
                // One section may go to another, and back.
                Add(section.Labels[^1].ColonToken.Span.End, Check);
            }

            if (body is BlockSyntax { OpenBraceToken.IsMissing: false } block)
            {
                bool loop = node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;
                Add(block.OpenBraceToken.Span.End, loop ? Check : Enter);
            }
            else if (body is { IsMissing: false } and not BlockSyntax)
            {
                Add(body.SpanStart, " {" + Check);
                Add(body.Span.End, " } ");
            }
        }

        void Add(int position, string text) => inserts.Add((position, inserts.Count, text));
        var code = new StringBuilder(root.ToFullString());
        foreach ((int position, _, string text) in inserts.OrderByDescending(i => i.Position).ThenByDescending(i => i.Order))
        {
            code.Insert(position, text);
        }

        return code.ToString();
    }
}
