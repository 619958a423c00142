using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>What cells that ran have left to name: the last of each name, as one text of declarations.</summary>
/// <remarks>A compilation of each cell for completion would hold megabytes; a name that is declared again takes no more room here.</remarks>
internal sealed class EarlierCells
{
    private readonly HashSet<string> _usings = [];

    // By name, then by what tells overloads apart.
    private readonly Dictionary<string, Dictionary<string, string>> _declarations = [];

    /// <summary>The declarations, to be put in front of a cell.</summary>
    public string Text => string.Join('\n', _usings.Concat(_declarations.Values.SelectMany(overloads => overloads.Values)));

    /// <summary>Takes in a cell that ran.</summary>
    public void Add(Compilation cell)
    {
        foreach (UsingDirectiveSyntax directive in cell.SyntaxTrees.SelectMany(tree => ((CompilationUnitSyntax)tree.GetRoot()).Usings))
        {
            _usings.Add(directive.ToString());
        }

        foreach (ISymbol member in cell.ScriptClass?.GetMembers() ?? [])
        {
            if (member.CanBeReferencedByName && !member.IsImplicitlyDeclared && Declaration(member) is string declaration)
            {
                string overload = member is IMethodSymbol method ? $"({string.Join(',', method.Parameters.Select(p => p.Type.ToDisplayString()))})" : "";
                if (overload.Length == 0 || !_declarations.TryGetValue(member.Name, out Dictionary<string, string>? overloads) || overloads.ContainsKey(""))
                {
                    _declarations[member.Name] = overloads = [];
                }

                overloads[overload] = declaration;
            }
        }
    }

    private static string? Declaration(ISymbol member)
    {
        SyntaxNode? syntax = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        return member switch
        {
            IFieldSymbol field when HasName(field.Type) =>
                $"{field.Type.ToDisplayString(NullableFlowState.None, SymbolDisplayFormat.FullyQualifiedFormat)} {field.Name} = default!;",
            // A type without a name is that of its value.
            IFieldSymbol field => syntax is VariableDeclaratorSyntax { Initializer: { } value } ? $"var {field.Name} {value};" : null,
            IMethodSymbol or IPropertySymbol or INamedTypeSymbol => syntax is MemberDeclarationSyntax declaration ? Documented(declaration) : null,
            _ => null,
        };
    }

    private static bool HasName(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => HasName(array.ElementType),
        INamedTypeSymbol named => !named.IsAnonymousType && named.TypeArguments.All(HasName),
        _ => true,
    };

    // Other comments and directives above may belong to something else.
    private static string Documented(MemberDeclarationSyntax declaration) => declaration
        .WithLeadingTrivia(declaration.GetLeadingTrivia()
            .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineDocumentationCommentTrivia)))
        .WithoutTrailingTrivia()
        .ToFullString();
}
