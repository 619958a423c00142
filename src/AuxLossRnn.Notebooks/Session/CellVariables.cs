using AuxLossRnn.Notebooks.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The variables of a session. A cell that declares one anew makes another of the same name; the scripts keep both.</summary>
internal sealed class CellVariables
{
    private readonly HashSet<string> _names = [];

    // Names whose latest variable functions can still reach.
    private readonly HashSet<string> _reached = [];

    /// <summary>The names of the variables that a cell declares anew.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="compilation">Makes its compilation; asked only where one of the names is declared somewhere in the cell.</param>
    public string[] Again(SyntaxTree cell, Func<Compilation> compilation) =>
        cell.GetRoot().DescendantNodes().Any(node => Name(node) is string name && _names.Contains(name)) ? [.. Again(compilation())] : [];

    /// <summary>
    /// Takes the values out of variables that a cell is about to declare anew: nothing can name the old ones any more, unless
    /// a function does, and they would be held for ever.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="state">What the cells before it have left.</param>
    /// <returns>The values by name, for the new variables to begin with.</returns>
    public Dictionary<string, object?> TakeOver(Compilation cell, CellState? state)
    {
        var values = new Dictionary<string, object?>();
        foreach (string name in Again(cell).ToArray())
        {
            if (state?.GetVariable(name) is { IsReadOnly: false } old)
            {
                values[name] = old.Value;
                if (!_reached.Contains(name))
                {
                    old.Value = null;
                }
            }
        }

        foreach (string name in Declared(cell))
        {
            _names.Add(name);
            _reached.Remove(name);
        }

        _reached.UnionWith(cell.SyntaxTrees.SelectMany(tree => tree.GetRoot().DescendantNodes(node => !IsFunction(node)).Where(IsFunction))
            .SelectMany(function => function.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText)));
        return values;
    }

    /// <summary>What a session holds: the variables by name, and earlier ones of these names that functions can reach.</summary>
    /// <param name="state">What its cells have left; null for nothing.</param>
    public static IReadOnlyList<SessionVariable> List(CellState? state) => [.. (state?.Variables ?? [])
        .GroupBy(variable => variable.Name)
        .OrderBy(copies => copies.Key, StringComparer.OrdinalIgnoreCase)
        .SelectMany(copies => copies.SkipLast(1).Where(copy => copy.Value is not (null or ValueType)).Select(copy => SessionVariable.Of(copy, isCurrent: false))
            .Append(SessionVariable.Of(copies.Last(), isCurrent: true)))];

    private static string? Name(SyntaxNode node) => node switch
    {
        VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
        SingleVariableDesignationSyntax variable => variable.Identifier.ValueText,
        _ => null,
    };

    private IEnumerable<string> Again(Compilation cell) => Declared(cell).Where(_names.Contains);

    private static IEnumerable<string> Declared(Compilation cell) => (cell.ScriptClass?.GetMembers() ?? [])
        .OfType<IFieldSymbol>()
        .Where(field => field is { IsImplicitlyDeclared: false, CanBeReferencedByName: true, IsReadOnly: false, IsConst: false })
        .Select(field => field.Name);

    // What runs later than its cell.
    private static bool IsFunction(SyntaxNode node) => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax
        or (MemberDeclarationSyntax and not FieldDeclarationSyntax and not GlobalStatementSyntax);
}
