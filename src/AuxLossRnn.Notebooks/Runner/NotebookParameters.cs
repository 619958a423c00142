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

    // Types by name, of the declarations that a value can be typed in for.
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
                type = type == "var" ? TypeOf(variable.Initializer?.Value) : type;
                if (type is "bool" or "int" or "long" or "double" or "string")
                {
                    types[variable.Identifier.Text] = type;
                }
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
            double => "double",
            string => "string",
            _ => "",
        },
        _ => "",
    };

    private static string Declaration(string name, string text, Dictionary<string, string> types)
    {
        if (!types.TryGetValue(name, out string? type))
        {
            string known = types.Count == 0 ? "the notebook declares none" : "known are " + string.Join(", ", types.Select(t => $"{t.Key} ({t.Value})"));
            throw new UserException($"The notebook has no parameter {name}: {known}.");
        }

        CultureInfo culture = CultureInfo.InvariantCulture;
        string? literal = type switch
        {
            "bool" => bool.TryParse(text, out bool flag) ? (flag ? "true" : "false") : null,
            "int" => int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out int number) ? number.ToString(culture) : null,
            "long" => long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out long number) ? number.ToString(culture) + "L" : null,
            "double" => double.TryParse(text, NumberStyles.Float, culture, out double number) && double.IsFinite(number)
                ? number.ToString("R", culture) + "d" : null,
            _ => SymbolDisplay.FormatLiteral(text, quote: true),
        };
        return literal is null
            ? throw new UserException($"The parameter {name} is of the type {type}; \"{text}\" is not.")
            : $"{type} {name} = {literal};";
    }
}
