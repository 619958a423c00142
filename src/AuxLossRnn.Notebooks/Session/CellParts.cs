using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

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

            if (language == CSharp && name is "share" or "set" or "who" or "whos")
            {
                // It shares what the code above it has made, or tells of it. JavaScript stays whole: its page has the value before it begins.
                RequireBetweenStatements(text.ToString(), written, number);
                Flush();
                start = number - 1;
            }

            if (name is "share" or "set")
            {
                parts.Add(CellLanguages.Shares(language) ? new CellPart(name, line.Trim(), number, language)
                    : throw new DirectiveException(number, $"{written} has no place for a value here, as {CellLanguages.Title(language)} takes none. Share it with C#, JavaScript or HTML."));
                text.Append('\n');
                continue;
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
            if (!string.IsNullOrWhiteSpace(all) || (language == CellLanguages.Value && header.Length > 0))
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
            if (!match.Success || !Counts(match, language, text.ToString(), lines[i]))
            {
                text.Append(lines[i]).Append('\n');
                yield return (i + 1, lines[i], language, null);
                continue;
            }

            if (match.Groups["magic"].Length > 0 && CellLanguages.Find(match.Groups["name"].Value) is string next)
            {
                text.Clear();
                language = next;
            }
            else
            {
                text.Append('\n');
            }

            yield return (i + 1, lines[i], language, match);
        }
    }

    // What other languages have is text, but for the first lines of a part, the line that begins another part, and what a script shares further down.
    private static bool Counts(Match match, string language, string before, string line)
    {
        string name = match.Groups["name"].Value;
        bool magic = match.Groups["magic"].Length > 0;
        if (language == CSharp)
        {
            return (magic || !Preprocessor.Contains(name)) && !TextLine.Is(language, before, line);
        }

        bool begins = CellLanguages.Find(name) is not null || (CellLanguages.Unavailable(name) is not null && string.IsNullOrWhiteSpace(match.Groups["argument"].Value));
        bool first = Directives.Contains("#!" + name) && string.IsNullOrWhiteSpace(before);
        return magic && (begins || first || (language == CellLanguages.JavaScript && name is "share" or "set")) && !TextLine.Is(language, before, line);
    }

    private static void RequireBetweenStatements(string before, string directive, int line)
    {
        if (!SyntaxFactory.IsCompleteSubmission(CSharpSyntaxTree.ParseText(before, CSharpSession.ParseOptions)))
        {
            throw new DirectiveException(line, $"{directive} stands within braces or a statement that began above it. Put it between statements, outside of braces.");
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

    [GeneratedRegex(@"^\s*#!?\s*$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^\s*(?<magic>#!)?(?(magic)|#)(?<name>[A-Za-z][\w-]*#?)(?<argument>.*)$")]
    private static partial Regex Directive();
}
