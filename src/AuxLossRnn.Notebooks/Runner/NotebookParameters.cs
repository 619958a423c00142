using System.Globalization;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Runner;

/// <summary>Sets a notebook's parameters as papermill does: a cell with the new values follows the one with the defaults.</summary>
public static class NotebookParameters
{
    private const string Tag = "parameters";
    private const string InjectedTag = "injected-parameters";
    private const string Var = "var";
    private const string Null = "null";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    // What the user typed as C# has it, by type; null for what is no value of the type.
    private static readonly Dictionary<string, Func<string, string?>> Literals = new()
    {
        ["bool"] = text => bool.TryParse(text, out bool value) ? (value ? "true" : "false") : null,
        ["int"] = text => int.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out int value) ? value.ToString(Culture) : null,
        ["long"] = text => long.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out long value) ? value.ToString(Culture) + "L" : null,
        ["float"] = text => float.TryParse(text, NumberStyles.Float, Culture, out float value) && float.IsFinite(value) ? value.ToString("R", Culture) + "f" : null,
        ["double"] = text => double.TryParse(text, NumberStyles.Float, Culture, out double value) && double.IsFinite(value) ? value.ToString("R", Culture) + "d" : null,
        ["decimal"] = text => decimal.TryParse(text, NumberStyles.Float, Culture, out decimal value) ? value.ToString(Culture) + "m" : null,
        ["string"] = text => SymbolDisplay.FormatLiteral(text, quote: true),
    };

    /// <summary>Puts the values into the notebook.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="values">The values by name, as typed by the user.</param>
    /// <exception cref="UserException">An unknown parameter, or a value that is not of its type.</exception>
    public static void Inject(NotebookDocument notebook, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
        {
            return;
        }

        List<NotebookCell> cells = [.. notebook.Cells];
        int defaults = cells.FindIndex(cell => cell.IsCode && cell.Tags.Contains(Tag));
        if (defaults < 0)
        {
            throw new UserException($"The notebook has no cell with the tag {Tag}, so {values.Keys.First()} cannot be set: tag the cell that declares it.");
        }

        Dictionary<string, string> types = Declared(cells[defaults].Source);
        string[] lines = [.. values.Select(value => Declaration(value.Key, value.Value, types))];
        string code = "// Parameters\n" + string.Join("\n", lines);
        int injected = cells.FindIndex(cell => cell.IsCode && cell.Tags.Contains(InjectedTag));
        if (injected >= 0)
        {
            notebook.RemoveAt(injected);
        }

        notebook.Insert(injected >= 0 && injected < defaults ? defaults : defaults + 1, "code", InjectedTag, code, InjectedTag);
    }

    // The types by name, as they are written; for var, that of the literal.
    private static Dictionary<string, string> Declared(string code)
    {
        string plain = string.Join("\n", CellParts.Split(code).Where(part => part.Kind == CellParts.CSharp).Select(part => part.Text));
        CompilationUnitSyntax root = CSharpSyntaxTree.ParseText(plain, CSharpSession.ParseOptions).GetCompilationUnitRoot();
        var types = new Dictionary<string, string>();
        foreach (FieldDeclarationSyntax field in root.Members.OfType<FieldDeclarationSyntax>())
        {
            foreach (VariableDeclaratorSyntax variable in field.Declaration.Variables)
            {
                string type = field.Declaration.Type.ToString();
                types[variable.Identifier.Text] = type == Var ? TypeOf(variable.Initializer?.Value) : type;
            }
        }

        return types;
    }

    private static string TypeOf(ExpressionSyntax? value) => value switch
    {
        PrefixUnaryExpressionSyntax sign => TypeOf(sign.Operand),
        LiteralExpressionSyntax literal => literal.Token.Value switch
        {
            bool => "bool",
            int => "int",
            long => "long",
            float => "float",
            double => "double",
            decimal => "decimal",
            string => "string",
            _ => Var,
        },
        _ => Var,
    };

    private static string Declaration(string name, string text, Dictionary<string, string> types)
    {
        if (!types.TryGetValue(name, out string? type))
        {
            string[] settable = [.. types.Where(known => Literals.ContainsKey(known.Value.TrimEnd('?'))).Select(known => $"{known.Key} ({known.Value})")];
            string all = settable.Length == 0 ? "the notebook declares none" : "known are " + string.Join(", ", settable);
            throw new UserException($"The notebook has no parameter {name}: {all}.");
        }

        string plain = type.EndsWith('?') ? type[..^1] : type;
        if (!Literals.TryGetValue(plain, out Func<string, string?>? literal))
        {
            string declared = type == Var ? $"with {Var} and a value that does not show its type" : $"as {type}";
            throw new UserException(
                $"The parameter {name} is declared {declared}, which -p cannot set: it sets {string.Join(", ", Literals.Keys)}, and these with a ? for no value. "
                + "Declare one of these in the notebook and make the value from it in another cell.");
        }

        string? value = plain != type && text == Null ? Null : literal(text);
        return value is null
            ? throw new UserException($"The parameter {name} is of the type {type}; \"{text}\" is not.")
            : $"{type} {name} = {value};";
    }
}
