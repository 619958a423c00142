using System.Text;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>A stretch of a cell.</summary>
/// <param name="Kind">The name of its directive; csharp for code.</param>
/// <param name="Text">Its code or text, or the directive's argument.</param>
/// <param name="Line">The cell's line of a directive, from 1.</param>
internal sealed record CellPart(string Kind, string Text, int Line);

/// <summary>A directive that cannot be understood.</summary>
/// <param name="line">Its line, from 1.</param>
/// <param name="message">What was wrong and what is to be written.</param>
internal sealed class DirectiveException(int line, string message) : UserException($"Line {line}: {message}")
{
    /// <summary>Its line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Takes a cell apart into its directives, its texts and its code.</summary>
internal static partial class CellParts
{
    public const string CSharp = "csharp";
    private static readonly string[] Languages = [CSharp, "markdown", "html", "mermaid"];
    private static readonly HashSet<string> Preprocessor =
        ["if", "elif", "else", "endif", "define", "undef", "region", "endregion", "pragma", "nullable", "line", "error", "warning"];

    /// <summary>The parts in the order in which they are to run. Code stays on its lines: directives leave them empty.</summary>
    /// <exception cref="DirectiveException">A directive that is not known.</exception>
    public static IReadOnlyList<CellPart> Split(string cell)
    {
        var parts = new List<CellPart>();
        string language = CSharp;
        int start = 0;
        var text = new StringBuilder();
        string[] lines = cell.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = Directive().Match(lines[i]);
            string name = match.Groups["name"].Value;
            bool magic = match.Groups["magic"].Length > 0;
            bool switches = magic && Languages.Contains(name);
            if (!match.Success || (language != CSharp && !switches) || (!magic && Preprocessor.Contains(name))
                || (language == CSharp && InsideToken(text.ToString(), lines[i])))
            {
                text.Append(lines[i]).Append('\n');
                continue;
            }

            string argument = match.Groups["argument"].Value.Trim();
            if (switches)
            {
                Flush();
                language = name;
                start = i + 1;
                continue;
            }

            if (magic ? name is not ("import" or "time") : name is not ("r" or "load"))
            {
                throw new DirectiveException(
                    i + 1,
                    $"the directive #{(magic ? "!" : "")}{name} is not known; known are "
                    + "#r, #load, #!import, #!csharp, #!markdown, #!html, #!mermaid and #!time.");
            }

            parts.Add(new CellPart(name, Unquote(argument, name, i + 1), i + 1));

            // The code after a directive keeps its line.
            text.Append(language == CSharp ? "\n" : "");
        }

        Flush();
        return parts;

        void Flush()
        {
            if (language == CSharp ? !string.IsNullOrWhiteSpace(text.ToString()) : text.Length > 0)
            {
                string all = text.ToString();
                string above = new('\n', start);
                parts.Add(new CellPart(language, language == CSharp ? above + all[..^1] : all.Trim('\n'), start + 1));
            }

            text.Clear();
        }
    }

    private static string Unquote(string argument, string name, int line)
    {
        if (name == "time")
        {
            return argument;
        }

        bool quoted = argument.Length >= 2 && argument[0] == '"' && argument.IndexOf('"', 1) > 0;
        string value = quoted ? argument[1..argument.IndexOf('"', 1)] : argument;
        return value.Length > 0 && (quoted || name == "import") ? value
            : throw new DirectiveException(line, $"#{(name == "import" ? "!" : "")}{name} needs what it loads in double quotes after it.");
    }

    // A line of a raw string or of a comment may look like a directive.
    private static bool InsideToken(string before, string line)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(before + line + "\n", CSharpSession.ParseOptions).GetRoot();
        SyntaxToken token = root.FindToken(before.Length);
        SyntaxTrivia trivia = root.FindTrivia(before.Length);
        return (token.SpanStart < before.Length && token.Span.End > before.Length)
            || ((trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) || trivia.IsKind(SyntaxKind.DisabledTextTrivia))
                && trivia.FullSpan.End > before.Length && trivia.SpanStart <= before.Length);
    }

    [GeneratedRegex(@"^\s*(?<magic>#!)?(?(magic)|#)(?<name>[A-Za-z][\w-]*)(?<argument>.*)$")]
    private static partial Regex Directive();
}
