using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Takes a cell apart into its directives, its texts and its code.</summary>
internal static partial class CellParts
{
    public const string CSharp = CellLanguages.CSharp;

    /// <summary>The directives that there are, as they are written.</summary>
    public static readonly string[] Directives =
    [
        "#r", "#i", "#load", "#!import", "#!csharp", "#!markdown", "#!html", "#!javascript", "#!mermaid", "#!value",
        "#!share", "#!set", "#!time", "#!about", "#!lsmagic", "#!who", "#!whos",
    ];

    // What stands for .NET Interactive's other directive.
    private const string Connect = "no kernel can be connected here; query a database or another program from C# with its package";
    private static readonly string[] WithArgument = ["r", "i", "load", "import"];
    private static readonly HashSet<string> Preprocessor =
        ["if", "elif", "else", "endif", "define", "undef", "region", "endregion", "pragma", "nullable", "line", "error", "warning"];

    /// <summary>The parts in the order in which they are to run. Code stays on its lines: directives leave them empty.</summary>
    /// <exception cref="DirectiveException">A directive that is not known.</exception>
    public static IReadOnlyList<CellPart> Split(string cell)
    {
        var parts = new List<CellPart>();
        string language = CSharp;
        int start = 0;
        string header = "";
        var text = new StringBuilder();
        foreach ((int number, string line, string next, Match? match) in Lines(cell.ReplaceLineEndings("\n")))
        {
            if (match is null)
            {
                text.Append(line).Append('\n');
                continue;
            }

            string name = match.Groups["name"].Value;
            bool magic = match.Groups["magic"].Length > 0;
            if (magic && CellLanguages.Find(name) is not null)
            {
                Flush();
                language = next;
                start = number;
                header = match.Groups["argument"].Value.Trim();
                continue;
            }

            string written = $"#{(magic ? "!" : "")}{name}";
            if (!Directives.Contains(written))
            {
                throw new DirectiveException(number, written == "#!connect" ? Connect
                    : magic && CellLanguages.Unavailable(name) is string elsewhere ? $"the directive {written} begins {elsewhere}."
                    : $"the directive {written} is not known; known are {string.Join(", ", Directives[..^1])} and {Directives[^1]}.");
            }

            if (name is "share" or "set")
            {
                if (language == CSharp)
                {
                    // It shares what the code above it has made. JavaScript stays whole: its page has the value before it begins.
                    Flush();
                    start = number - 1;
                }

                parts.Add(new CellPart(name, line.Trim(), number, language));
                text.Append('\n');
                continue;
            }

            if (name is "who" or "whos")
            {
                // It tells of the code above it, too.
                Flush();
                start = number - 1;
            }

            parts.Add(new CellPart(name, Unquote(match.Groups["argument"].Value.Trim(), name, number), number));

            // The code after a directive keeps its line.
            text.Append('\n');
        }

        Flush();
        return parts;

        void Flush()
        {
            string all = text.ToString();
            string above = new('\n', start);
            bool any = language is CSharp or CellLanguages.Value ? !string.IsNullOrWhiteSpace(all) || (language != CSharp && header.Length > 0) : all.Length > 0;
            if (any)
            {
                parts.Add(language switch
                {
                    CSharp => new CellPart(CSharp, above + all[..^1], start + 1),
                    CellLanguages.Value => new CellPart(language, $"#!value {header}\n{all.Trim('\n')}", start),
                    _ => new CellPart(language, all.Trim('\n'), start + 1),
                });
            }

            text.Clear();
        }
    }

    /// <summary>What stands at a place.</summary>
    public static CellPlace At(string cell, int position)
    {
        var code = new StringBuilder();
        var place = new CellPlace("", 0, CSharp, IsDirective: false);
        foreach ((_, string line, string language, Match? match) in Lines(cell))
        {
            int start = code.Length;
            bool begins = match is null && Begun().Match(line) is { Success: true } begun && (language == CSharp || begun.Value.EndsWith('!'));
            if (start <= position && position <= start + line.Length)
            {
                place = place with { LineStart = start, Language = language, IsDirective = match is not null || begins };
            }

            _ = match is null && !begins && language == CSharp ? code.Append(line) : code.Append(' ', line.Length);
            code.Append('\n');
        }

        return place with { Code = code.ToString(0, cell.Length) };
    }

    // Each line with its number and its language; a directive with its match.
    private static IEnumerable<(int Number, string Line, string Language, Match? Directive)> Lines(string cell)
    {
        string language = CSharp;
        var text = new StringBuilder();
        string[] lines = cell.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = Directive().Match(lines[i]);
            string name = match.Groups["name"].Value;
            bool magic = match.Groups["magic"].Length > 0;
            bool switches = magic && CellLanguages.Find(name) is not null;
            bool shares = magic && name is ("share" or "set") && CellLanguages.Shares(language);
            if (!match.Success || (language != CSharp && !switches && !shares) || (!magic && Preprocessor.Contains(name))
                || (language == CSharp && InsideToken(text.ToString(), lines[i])))
            {
                text.Append(lines[i]).Append('\n');
                yield return (i + 1, lines[i], language, null);
                continue;
            }

            if (switches)
            {
                text.Clear();
                language = CellLanguages.Find(name)!;
            }
            else
            {
                text.Append('\n');
            }

            yield return (i + 1, lines[i], language, match);
        }
    }

    private static string Unquote(string argument, string name, int line)
    {
        if (!WithArgument.Contains(name))
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
        return (token.Span.End > before.Length && (token.SpanStart < before.Length || token.IsKind(SyntaxKind.InterpolatedStringTextToken)))
            || trivia.GetStructure() is DirectiveTriviaSyntax { IsActive: false } // within #if false
            || ((trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) || trivia.IsKind(SyntaxKind.DisabledTextTrivia))
                && trivia.FullSpan.End > before.Length && trivia.SpanStart <= before.Length);
    }

    [GeneratedRegex(@"^\s*#!?\s*$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^\s*(?<magic>#!)?(?(magic)|#)(?<name>[A-Za-z][\w-]*#?)(?<argument>.*)$")]
    private static partial Regex Directive();
}
