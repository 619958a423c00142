using System.Text;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Takes a cell apart into its directives, its texts and its code.</summary>
internal static partial class CellParts
{
    public const string CSharp = "csharp";

    /// <summary>The directives that there are, as they are written.</summary>
    public static readonly string[] Directives =
    [
        "#r", "#i", "#load", "#!import", "#!csharp", "#!markdown", "#!html", "#!javascript", "#!mermaid", "#!time",
        "#!about", "#!lsmagic", "#!who", "#!whos",
    ];

    /// <summary>The languages of parts.</summary>
    public static readonly string[] Languages = [CSharp, "markdown", "html", "javascript", "mermaid"];

    // Of .NET Interactive's directives those that existing notebooks begin with.
    private static readonly Dictionary<string, string> Counterparts = new()
    {
        ["#!set"] = "declare the variable in C#, as in var name = 42;",
        ["#!share"] = "all cells are C# and see each other's variables, so take the line out",
        ["#!value"] = "put the text into a variable, as in string name = \"\"\"…\"\"\"; or System.IO.File.ReadAllText(\"name.txt\")",
        ["#!connect"] = "there is one kernel, and it runs C#; query a database or another program from C# with its package",
        ["#!fsharp"] = OtherLanguage,
        ["#!f#"] = OtherLanguage,
        ["#!pwsh"] = OtherLanguage,
        ["#!powershell"] = OtherLanguage,
        ["#!sql"] = OtherLanguage,
        ["#!kql"] = OtherLanguage,
        ["#!python"] = OtherLanguage,
    };

    private const string OtherLanguage = "this kernel runs C#; write the cell in it, or run the other program with System.Diagnostics.Process";
    private static readonly string[] WithArgument = ["r", "i", "load", "import"];
    private static readonly HashSet<string> Preprocessor =
        ["if", "elif", "else", "endif", "define", "undef", "region", "endregion", "pragma", "nullable", "line", "error", "warning"];

    /// <summary>A cell's text as it is run, where its notebook says that the cell has a language of its own.</summary>
    /// <param name="source">The cell's text.</param>
    /// <param name="language">Its language; null for none of its own.</param>
    /// <param name="name">What to call the cell in errors.</param>
    /// <exception cref="UserException">A language that the session does not run.</exception>
    public static string InLanguage(string source, string? language, string name) => language?.ToLowerInvariant() switch
    {
        null or "" or CSharp or "c#" or ".net-csharp" or "polyglot-notebook" => source,
        string known when Languages.Contains(known) => $"#!{known}\n{source}",
        _ => throw new UserException($"{name} is {language}, as its metadata says, and cells are run as C#: write it in C#, or give it the tag skip-execution."),
    };

    /// <summary>The parts in the order in which they are to run. Code stays on its lines: directives leave them empty.</summary>
    /// <exception cref="DirectiveException">A directive that is not known.</exception>
    public static IReadOnlyList<CellPart> Split(string cell)
    {
        var parts = new List<CellPart>();
        string language = CSharp;
        int start = 0;
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
            if (magic && Languages.Contains(name))
            {
                Flush();
                language = next;
                start = number;
                continue;
            }

            string written = $"#{(magic ? "!" : "")}{name}";
            if (!Directives.Contains(written))
            {
                throw new DirectiveException(number, Counterparts.TryGetValue(written, out string? instead)
                    ? $"the directive {written} is one of .NET Interactive that is not known here: {instead}."
                    : $"the directive {written} is not known; known are {string.Join(", ", Directives[..^1])} and {Directives[^1]}.");
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
            if (language == CSharp ? !string.IsNullOrWhiteSpace(text.ToString()) : text.Length > 0)
            {
                string all = text.ToString();
                string above = new('\n', start);
                parts.Add(new CellPart(language, language == CSharp ? above + all[..^1] : all.Trim('\n'), start + 1));
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
            bool switches = magic && Languages.Contains(name);
            if (!match.Success || (language != CSharp && !switches) || (!magic && Preprocessor.Contains(name))
                || (language == CSharp && InsideToken(text.ToString(), lines[i])))
            {
                text.Append(lines[i]).Append('\n');
                yield return (i + 1, lines[i], language, null);
                continue;
            }

            if (switches)
            {
                text.Clear();
                language = name;
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
        return (token.SpanStart < before.Length && token.Span.End > before.Length)
            || ((trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) || trivia.IsKind(SyntaxKind.DisabledTextTrivia))
                && trivia.FullSpan.End > before.Length && trivia.SpanStart <= before.Length);
    }

    [GeneratedRegex(@"^\s*#!?\s*$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^\s*(?<magic>#!)?(?(magic)|#)(?<name>[A-Za-z][\w-]*)(?<argument>.*)$")]
    private static partial Regex Directive();
}
