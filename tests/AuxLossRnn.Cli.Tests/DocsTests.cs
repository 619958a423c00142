using System.Text.RegularExpressions;
using AuxLossRnn.Experiments;

namespace AuxLossRnn.Cli.Tests;

/// <summary>What the pages of the documentation name is there: pages, files, headings, commands, options, presets.</summary>
public sealed partial class DocsTests
{
    private const int MostBytesOfReadme = 10_000;

    // Options of other programs, and paths that are made while the kit runs.
    private static readonly string[] Foreign =
    [
        "--project", "--execute", "--tables", "--logdir", "--http-local-only",
        // Of directives in cells.
        "--name", "--from", "--as", "--mime-type", "--value", "--byref", "--from-file", "--from-url", "--from-value",
    ];
    private static readonly string[] Made = ["data/cache", "src/AuxLossRnn.Cli/bin/"];

    private static readonly Dictionary<string, string> Helps = [];

    public static TheoryData<string> Pages => [.. DocsPage.All.Select(page => page.Name)];

    [Fact]
    public void The_README_is_short_and_leads_to_every_page()
    {
        DocsPage readme = DocsPage.All[0];

        int bytes = File.ReadAllBytes(Path.Combine(Checkout.Folder, readme.Name)).Length;
        Assert.True(bytes <= MostBytesOfReadme, $"The README has {bytes} bytes, more than {MostBytesOfReadme}.");
        Assert.Empty(DocsPage.All.Skip(1).Select(page => page.Name).Except(readme.Links.Select(link => readme.Resolve(link).Path)));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_of_the_repository_and_a_heading_in_it(string name)
    {
        DocsPage page = Find(name);
        Assert.All(page.Links.Where(link => !link.StartsWith("https://", StringComparison.Ordinal)), link =>
        {
            (string path, string anchor) = page.Resolve(link);
            Assert.True(Exists(path), $"{name} links to {link}, which is not there.");
            Assert.True(
                anchor.Length == 0 || Find(path).Anchors.Count(one => one == anchor) == 1, $"{name} links to {link}: {path} has no one heading of that name.");
        });
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_path_in_code_is_one_of_the_repository(string name)
    {
        DocsPage page = Find(name);
        string[] paths = [.. page.Spans.Concat(page.Blocks.Select(block => block.Code)).SelectMany(code => RepositoryPath().Matches(code))
            .Select(match => match.Value).Where(path => !Made.Any(made => path.StartsWith(made, StringComparison.Ordinal)))];

        Assert.All(paths, path => Assert.True(Exists(path), $"{name} names {path}, which is not there."));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    [Trait("Category", "Slow")]
    public void Every_option_of_a_command_is_in_the_commands_help(string name) => Assert.All(Find(name).Commands, command =>
    {
        string[] words = command.Split(' ');
        string help = Help(words[1] is "data" or "notebook" or "kernel" or "sweep" && words.Length > 2 ? words[1..3] : words[1..2]);

        Assert.All(Options(command), option => Assert.Matches(InHelp(option), help));
        if (Preset().Match(command) is { Success: true } preset)
        {
            Presets.Find(preset.Groups["name"].Value, Budget.Smoke);
        }
    });

    [Theory]
    [MemberData(nameof(Pages))]
    [Trait("Category", "Slow")]
    public void Every_option_is_one_of_some_command_and_has_the_values_that_are_named(string name)
    {
        string[][] commands = [["train"], ["evaluate"], ["measure"], ["data", "preview"], ["data", "inspect"], ["notebook", "run"], ["notebook", "publish"], ["kernel", "install"], ["sweep", "run"]];
        string help = string.Concat(commands.Select(Help));
        string[] spans = [.. Find(name).Spans];

        Assert.All(spans.SelectMany(Options).Except(Foreign), option => Assert.Matches(InHelp(option), help));
        Assert.All(spans.Where(span => OptionWithValues().IsMatch(span)), span =>
            Assert.Contains($"  {span.Replace(" ", " <", StringComparison.Ordinal)}>", help, StringComparison.Ordinal));
    }

    private static DocsPage Find(string name) => DocsPage.All.First(page => page.Name == name);

    private static bool Exists(string path) => Path.Exists(Path.Combine(Checkout.Folder, path));

    private static IEnumerable<string> Options(string code) => Option().Matches(code).Select(match => match.Value);

    private static string InHelp(string option) => $"\n  (-., )*{option}[ ,]";

    private static string Help(string[] command)
    {
        lock (Helps)
        {
            string name = string.Join(" ", command);
            return Helps.TryGetValue(name, out string? help) ? help : Helps[name] = AuxLoss.Run([.. command, "--help"]).ShouldExitWith(0).Output;
        }
    }

    [GeneratedRegex("(?<![a-z-])--[a-z][a-z-]*[a-z]")]
    private static partial Regex Option();

    [GeneratedRegex(@"^--[a-z-]+ [a-z0-9-]+(\|[a-z0-9-]+)+$")]
    private static partial Regex OptionWithValues();

    [GeneratedRegex("--preset (?<name>[^ ]+)")]
    private static partial Regex Preset();

    [GeneratedRegex(@"(?<![\w/.-])(src|tests|data|notebooks|docs)/[\w./-]*[\w/](?![\w*./-])")]
    private static partial Regex RepositoryPath();
}
