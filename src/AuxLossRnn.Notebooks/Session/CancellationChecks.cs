using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>
/// Writes a check for cancellation into each loop, label and function body of a cell: managed threads cannot be ended, and a
/// stack that overflows ends the process. Above all that, variables that are declared anew take over what they had.
/// </summary>
/// <remarks>Nothing moves to another line. Columns do, so errors are to be taken from the cell as it was written.</remarks>
internal static class CancellationChecks
{
    private const string Check = " global::AuxLossRnn.Notebooks.Session.CellCheck.Check(); ";
    private const string Enter = " global::AuxLossRnn.Notebooks.Session.CellCheck.Enter(); ";

    /// <summary>The cell's code with checks, in two forms: the second has none in bodies that are an expression.</summary>
    /// <param name="tree">The cell.</param>
    /// <param name="types">Makes the compilation that the cell is part of; asked only where a lambda's type is needed.</param>
    /// <param name="again">Variables that the cell declares anew.</param>
    public static IEnumerable<string> Insert(SyntaxTree tree, Func<Compilation> types, IReadOnlyList<string> again)
    {
        SyntaxNode root = tree.GetRoot();
        var model = new Lazy<SemanticModel>(() => types().GetSemanticModel(tree));
        var blocks = new Edits();
        var expressions = new Edits();
        if (((CompilationUnitSyntax)root).Members.FirstOrDefault(member => member is FieldDeclarationSyntax or GlobalStatementSyntax) is { } first)
        {
            foreach (string name in again)
            {
                string keep = $" global::AuxLossRnn.Notebooks.Session.CellCheck.Keep(ref @{name}, \"{name}\"); ";
                blocks.Add(first.SpanStart, keep);
                expressions.Add(first.SpanStart, keep);
            }
        }

        foreach (SyntaxNode node in root.DescendantNodes())
        {
            blocks.AddBlock(node);
            expressions.AddBlock(node);
            if (node is ArrowExpressionClauseSyntax { Parent: not null } arrow)
            {
                expressions.AddMember(arrow);
            }
            else if (node is LambdaExpressionSyntax { ExpressionBody: { IsMissing: false } body and not ThrowExpressionSyntax } lambda
                && Statement(lambda, model) is string statement)
            {
                expressions.Add(body.SpanStart, $" {{{(Calls(body) ? Enter : Check)}{statement}");
                expressions.Close(body.Span.End, "; } ");
            }
        }

        string code = root.ToFullString();
        if (expressions.Count > blocks.Count)
        {
            yield return expressions.Apply(code);
        }

        yield return blocks.Apply(code);
    }

    // A function without end calls something. What calls nothing, as most lambdas of queries, has room on the stack.
    private static bool Calls(ExpressionSyntax body) => body
        .DescendantNodesAndSelf(node => node is not AnonymousFunctionExpressionSyntax)
        .Any(node => node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or ElementAccessExpressionSyntax);

    // What makes a statement of a lambda's expression; null where it is to stay an expression.
    private static string? Statement(LambdaExpressionSyntax lambda, Lazy<SemanticModel> model)
    {
        // A tree is read, not run, with all that is in it.
        bool read = lambda.AncestorsAndSelf().OfType<LambdaExpressionSyntax>().Any(outer =>
            model.Value.GetTypeInfo(outer).ConvertedType?.ContainingNamespace?.ToDisplayString() == "System.Linq.Expressions");
        return read || model.Value.GetSymbolInfo(lambda).Symbol is not IMethodSymbol method ? null
            : method.ReturnsVoid || (method.IsAsync && method.ReturnType is INamedTypeSymbol { Arity: 0 }) ? ""
            : "return ";
    }

    // What is to be written into a text.
    private sealed class Edits
    {
        private readonly List<(int Position, int Order, int Length, string Text)> _all = [];

        public int Count => _all.Count;

        /// <summary>Adds a text. At one place, what opens an outer body comes before what opens an inner one.</summary>
        public void Add(int position, string text, int length = 0) => _all.Add((position, _all.Count, length, text));

        /// <summary>Adds a text that closes a body. At one place, the inner body is closed first, and before another is opened.</summary>
        public void Close(int position, string text) => _all.Add((position, -_all.Count, 0, text));

        public void AddBlock(SyntaxNode node)
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
                Close(body.Span.End, " } ");
            }
        }

        /// <summary>Makes a block of a member's expression.</summary>
        public void AddMember(ArrowExpressionClauseSyntax arrow)
        {
            SyntaxToken end = arrow.GetLastToken().GetNextToken();
            if (!end.IsKind(SyntaxKind.SemicolonToken))
            {
                return;
            }

            bool property = arrow.Parent is BasePropertyDeclarationSyntax;
            string statement = arrow.Expression is ThrowExpressionSyntax || !HasValue(arrow.Parent!) ? "" : "return ";
            Add(arrow.ArrowToken.SpanStart, $"{(property ? "{ get " : "")}{{{Enter}{statement}", arrow.ArrowToken.Span.Length);
            Close(end.Span.End, property ? " } } " : " } ");
        }

        public string Apply(string code)
        {
            var text = new StringBuilder(code);
            foreach ((int position, _, int length, string added) in _all.OrderByDescending(e => e.Position).ThenByDescending(e => e.Order))
            {
                text.Remove(position, length).Insert(position, added);
            }

            return text.ToString();
        }

        private static bool HasValue(SyntaxNode member) => member switch
        {
            MethodDeclarationSyntax method => HasValue(method.ReturnType, method.Modifiers),
            LocalFunctionStatementSyntax function => HasValue(function.ReturnType, function.Modifiers),
            AccessorDeclarationSyntax accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration),
            ConstructorDeclarationSyntax or DestructorDeclarationSyntax => false,
            _ => true,
        };

        // async Task F() => await G(); gives no value.
        private static bool HasValue(TypeSyntax type, SyntaxTokenList modifiers) =>
            type is not PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
            && !(modifiers.Any(SyntaxKind.AsyncKeyword) && type is IdentifierNameSyntax or QualifiedNameSyntax { Right: IdentifierNameSyntax });
    }
}
