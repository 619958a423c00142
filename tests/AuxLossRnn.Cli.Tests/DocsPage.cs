using System.Text.RegularExpressions;

namespace AuxLossRnn.Cli.Tests;

/// <summary>A page of the documentation, taken apart.</summary>
internal sealed partial class DocsPage
{
    private readonly string _prose;

    private DocsPage(string name)
    {
        Name = name;
        Text = File.ReadAllText(Path.Combine(Checkout.Folder, name));
        Blocks = [.. Block().Matches(Text).Select(match => (match.Groups["language"].Value, match.Groups["code"].Value))];
        _prose = Block().Replace(Text, "");
        Spans = [.. Span().Matches(_prose).Select(match => match.Groups["code"].Value.Replace(@"\|", "|", StringComparison.Ordinal))];
        Commands = [.. Blocks.Where(block => block.Language.Length == 0).SelectMany(block => Lines(block.Code)).Concat(Spans)
            .Where(line => line.StartsWith("auxloss ", StringComparison.Ordinal))];
    }

    /// <summary>The README and what it leads to.</summary>
    internal static IReadOnlyList<DocsPage> All { get; } =
    [
        .. new[] { "README.md", "environment.md", "data/README.md" }
            .Concat(Directory.GetFiles(Path.Combine(Checkout.Folder, "docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order())
            .Select(name => new DocsPage(name)),
    ];

    /// <summary>Its path in the repository.</summary>
    internal string Name { get; }

    /// <summary>All of it.</summary>
    internal string Text { get; }

    /// <summary>The blocks of code, each with its language, which may be empty.</summary>
    internal IReadOnlyList<(string Language, string Code)> Blocks { get; }

    /// <summary>The pieces of code in the prose.</summary>
    internal IReadOnlyList<string> Spans { get; }

    /// <summary>The lines and pieces that call <c>auxloss</c>, without their remarks.</summary>
    internal IReadOnlyList<string> Commands { get; }

    /// <summary>Where its links and pictures lead.</summary>
    internal IEnumerable<string> Links => Link().Matches(_prose).Select(match => match.Groups["target"].Value);

    /// <summary>The names by which links find its headings, as GitHub makes them.</summary>
    internal IEnumerable<string> Anchors => Heading().Matches(_prose)
        .Select(match => NotInAnchors().Replace(match.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>A link's target as a path in the repository, and its anchor, which may be empty.</summary>
    internal (string Path, string Anchor) Resolve(string link)
    {
        string[] parts = link.Split('#');
        string path = parts[0].Length == 0
            ? Path.Combine(Checkout.Folder, Name)
            : Path.GetFullPath(Path.Combine(Checkout.Folder, Path.GetDirectoryName(Name)!, parts[0]));
        return (Path.GetRelativePath(Checkout.Folder, path).Replace('\\', '/'), parts.Length > 1 ? parts[1] : "");
    }

    public override string ToString() => Name;

    private static IEnumerable<string> Lines(string code) =>
        code.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Select(line => Remark().Replace(line, "").Trim());

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(" # .*")]
    private static partial Regex Remark();
}
