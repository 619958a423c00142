using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>The languages of cells, and of parts of cells.</summary>
internal static class CellLanguages
{
    public const string CSharp = "csharp";
    public const string JavaScript = "javascript";
    public const string Html = "html";
    public const string Markdown = "markdown";
    public const string Value = "value";

    /// <summary>Those that there are.</summary>
    public static readonly string[] Known = [CSharp, JavaScript, Html, Markdown, "mermaid", Value];

    private const string Tool = "Microsoft's tool .NET Interactive runs it (dotnet tool install -g Microsoft.dotnet-interactive)";
    private const string Database = "query the database from C# with its package, such as Microsoft.Data.Sqlite";

    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["c#"] = CSharp,
        [".net-csharp"] = CSharp,
        ["polyglot-notebook"] = CSharp,
        ["js"] = JavaScript,
        ["md"] = Markdown,
    };

    // What people know it as, and where it can be had.
    private static readonly Dictionary<string, (string Name, string Place)> Elsewhere = new()
    {
        ["fsharp"] = ("F#", Tool),
        ["f#"] = ("F#", Tool),
        [".net-fsharp"] = ("F#", Tool),
        ["pwsh"] = ("PowerShell", Tool),
        ["powershell"] = ("PowerShell", Tool),
        [".net-pwsh"] = ("PowerShell", Tool),
        ["sql"] = ("SQL", Database),
        ["kql"] = ("KQL", Database),
        ["python"] = ("Python", "Jupyter runs it with its own kernel; a program can be started from C# with System.Diagnostics.Process"),
        ["r"] = ("R", "Jupyter runs it with its own kernel; a program can be started from C# with System.Diagnostics.Process"),
        ["http"] = ("HTTP", "ask from C# with System.Net.Http.HttpClient"),
    };

    /// <summary>A language by any of its names; null for none that is known.</summary>
    public static string? Find(string name) =>
        Known.Contains(name.ToLowerInvariant()) ? name.ToLowerInvariant() : Aliases.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>The language that a cell is in, or begins with; one that is not known by the name that it has.</summary>
    /// <param name="source">The cell's text.</param>
    /// <param name="language">What its notebook says; null for nothing.</param>
    public static string Of(string source, string? language)
    {
        string first = source.TrimStart().Split('\n')[0].Trim();
        return (first.StartsWith("#!", StringComparison.Ordinal) ? Find(first[2..].Split(' ')[0]) : null)
            ?? Find(language ?? CSharp) ?? language!;
    }

    /// <summary>A language as people write it.</summary>
    public static string Title(string language) => language switch
    {
        CSharp => "C#",
        JavaScript => "JavaScript",
        Html => "HTML",
        Markdown => "Markdown",
        "mermaid" => "Mermaid",
        Value => "text",
        _ => System.Net.WebUtility.HtmlEncode(Elsewhere.TryGetValue(language.ToLowerInvariant(), out (string Name, string Place) other) ? other.Name : language),
    };

    /// <summary>Whether cells of the language are shared with, by <c>#!share</c> and <c>#!set</c>.</summary>
    public static bool Shares(string language) => language is CSharp or JavaScript or Html or Value;

    /// <summary>Where a language can be had that is not known here; null for one that nothing is known of.</summary>
    /// <param name="name">Its name in directives and in cells' metadata.</param>
    public static string? Unavailable(string name) => Elsewhere.TryGetValue(name.ToLowerInvariant(), out (string Name, string Place) other)
        ? $"{other.Name}, which the kit does not run: {other.Place}"
        : name.StartsWith("sql-", StringComparison.OrdinalIgnoreCase) ? $"SQL, which the kit does not run: {Database}" : null;

    /// <summary>A cell's text as it is run, where its notebook says that the cell has a language of its own.</summary>
    /// <param name="source">The cell's text.</param>
    /// <param name="language">Its language; null for none of its own.</param>
    /// <param name="name">What to call the cell in errors.</param>
    /// <exception cref="UserException">A language that the session does not run.</exception>
    public static string Prefixed(string source, string? language, string name) => Find(language is null or "" ? CSharp : language) switch
    {
        CSharp => source,
        string known => $"#!{known}\n{source}",
        null => throw new UserException(
            $"{name} is of the language {language}, as its metadata says. That is {Unavailable(language!) ?? $"none that is known; known are {string.Join(", ", Known)}"}. "
            + "Write the cell in C#, or give it the tag skip-execution."),
    };
}
