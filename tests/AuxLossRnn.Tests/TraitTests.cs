using System.Text.RegularExpressions;

namespace AuxLossRnn.Tests;

/// <summary>The quick tests stay quick: what starts a process, Jupyter or a browser has a category, by which it can be left out.</summary>
public sealed partial class TraitTests
{
    private const string Any = "Slow|Jupyter|Browser";

    // What a source that starts something names, and the category that it needs.
    private static readonly (string Names, string Category)[] Starters =
    [
        ("JupyterFolder|JupyterInstallation|InstalledKernel|NotebookServer", "Jupyter"),
        ("PublishedSite|Playwright", "Browser"),
        ("AuxLoss|ChildProcess|Process|Probe|ReferenceRun", Any),
    ];

    [Fact]
    public void Every_test_that_starts_a_process_Jupyter_or_a_browser_has_its_category()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Checkout.Folder, "tests"), "*Tests.cs", SearchOption.AllDirectories)];
        string[] found = [.. files.Where(file => file != ThisFile()).SelectMany(file => Lacking(Path.GetFileName(file), File.ReadAllText(file)))];

        Assert.True(files.Length > 100, $"Only {files.Length} sources were found.");
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public void Every_category_is_one_of_three() => Assert.All(
        Directory.EnumerateFiles(Path.Combine(Checkout.Folder, "tests"), "*Tests.cs", SearchOption.AllDirectories).Where(file => file != ThisFile())
            .SelectMany(file => Trait().Matches(File.ReadAllText(file))),
        trait => Assert.Matches($"^({Any})$", trait.Groups["category"].Value));

    [Theory]
    [InlineData("    [Fact]\n    public void A() => AuxLoss.Run();\n", "a.cs: A has no category Slow|Jupyter|Browser")]
    [InlineData("    [Fact]\n    public void A() => B();\n\n    private static void B() => C();\n\n    private static void C()\n    {\n        using var c = new ChildProcess();\n    }\n", "a.cs: A has no category Slow|Jupyter|Browser")]
    [InlineData("    [Fact]\n    [Trait(\"Category\", \"Slow\")]\n    public void A() => new JupyterFolder();\n", "a.cs: A has no category Jupyter")]
    public void A_test_without_its_category_is_named(string members, string sentence) =>
        Assert.Equal([sentence], Lacking("a.cs", $"public sealed class T\n{{\n{members}}}\n"));

    [Theory]
    [InlineData("", "    [Fact]\n    [Trait(\"Category\", \"Slow\")]\n    public void A() => AuxLoss.Run();\n\n    [Fact]\n    public void B() => Assert.True(true);\n")]
    [InlineData("[Trait(\"Category\", \"Jupyter\")]\n", "    [Fact]\n    public void A() => new JupyterFolder();\n")]
    [InlineData("", "    // AuxLoss\n    [Fact]\n    public void A() => Assert.Equal(\"Process\", Processes.AuxLossOf(1));\n")]
    public void A_test_with_it_or_without_a_need_is_not(string traits, string members) =>
        Assert.Empty(Lacking("a.cs", $"{traits}public sealed class T\n{{\n{members}}}\n"));

    /// <summary>The tests of a source that lack a category, each a sentence.</summary>
    private static IEnumerable<string> Lacking(string file, string source)
    {
        // Comments and texts start nothing; the categories are read from the texts.
        string[] members = [.. Member().Split(source[(source.IndexOf("\n{\n", StringComparison.Ordinal) + 1)..])];
        string ofClass = source[..source.IndexOf("\n{\n", StringComparison.Ordinal)];
        string[] code = [.. members.Select(member => CommentOrText().Replace(member, ""))];
        string?[] names = [.. code.Select(member => Name().Match(member) is { Success: true } match ? match.Groups[1].Value : null)];
        foreach ((string starters, string category) in Starters)
        {
            // A parameter of the class is there for all of it.
            bool everywhere = Regex.IsMatch(CommentOrText().Replace(ofClass, ""), $@"\b(?:{starters})\b");
            bool[] starts = [.. code.Select(member => everywhere || Regex.IsMatch(member, $@"\b(?:{starters})\b"))];
            for (bool more = true; more;)
            {
                more = false;
                for (int i = 0; i < code.Length; i++)
                {
                    if (!starts[i] && Enumerable.Range(0, code.Length).Any(j => starts[j] && names[j] is not null && Regex.IsMatch(code[i], $@"\b{names[j]}\b")))
                    {
                        (starts[i], more) = (true, true);
                    }
                }
            }

            for (int i = 0; i < code.Length; i++)
            {
                if (starts[i] && IsTest().IsMatch(code[i])
                    && !Trait().Matches(ofClass + members[i]).Any(trait => Regex.IsMatch(trait.Groups["category"].Value, $"^(?:{category})$")))
                {
                    yield return $"{file}: {names[i]} has no category {category}";
                }
            }
        }
    }

    private static string ThisFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    /// <summary>An empty line before a member: four blanks and no more.</summary>
    [GeneratedRegex(@"\n\n(?=    [^\s}])")]
    private static partial Regex Member();

    [GeneratedRegex(@"^    (?:public|private|internal|protected)[^=({\n]*?(\w+)\s*(?:\(|=|\{|;|$)", RegexOptions.Multiline)]
    private static partial Regex Name();

    [GeneratedRegex(@"^    \[(?:Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex IsTest();

    [GeneratedRegex("""\[Trait\("Category", "(?<category>\w+)"\)\]""")]
    private static partial Regex Trait();

    [GeneratedRegex(""""
        //[^\n]* | (?<q>"{3,}).*?\k<q> | "(?:\\.|[^"\\\n])*"
        """", RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrText();
}
