using System.Reflection;
using System.Text.RegularExpressions;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Tests.Runtime;

public sealed partial class SettingNamesTests
{
    // Settings of messages that are parameters and no properties of a spec.
    private static readonly string[] Parameters = ["path", "resume", "budget", "DataRoot", "best", "MemoryBytes", "Label"];

    [Theory]
    [InlineData("Choose ‹Segment› between 1 and 9.", "Choose Segment between 1 and 9.")]
    [InlineData("Choose ‹Model=lstm›.", "Choose Model = \"lstm\".")]
    [InlineData("Choose ‹TokenLoss=CrossEntropy› or ‹ClipNorm=1›.", "Choose TokenLoss = CrossEntropy or ClipNorm = 1.")]
    [InlineData("Choose ‹Truncation=full›, ‹resume=true›.", "Choose Truncation = full, resume = true.")]
    [InlineData("The file ‹ is no setting ›.", "The file ‹ is no setting ›.")]
    public void A_message_of_the_library_names_properties(string template, string message)
    {
        var failure = new UserException(template);

        Assert.Equal(message, failure.Message);
        Assert.Equal(template, failure.Template);
    }

    [Fact]
    public void Every_setting_that_a_message_names_exists()
    {
        string[] known = [.. typeof(ExperimentSpec).GetProperties(BindingFlags.Public | BindingFlags.Instance).Concat(typeof(SequenceFiles).GetProperties()).Select(property => property.Name), .. Parameters];
        string[] sources = [.. Directory.EnumerateFiles(Path.Combine(Checkout.Folder, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal) && !path.EndsWith("SettingNames.cs", StringComparison.Ordinal))];
        var named = sources.SelectMany(path => Named().Matches(File.ReadAllText(path)).Select(match => (File: Path.GetFileName(path), Name: match.Groups[1].Value))).ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, one => Assert.True(known.Contains(one.Name), $"{one.File} names the setting {one.Name}, which does not exist."));
    }

    [Fact]
    public void The_library_names_no_option_of_the_command_line()
    {
        string[] folders = ["AuxLossRnn.Kernels", "AuxLossRnn", "AuxLossRnn.Data", "AuxLossRnn.Experiments"];
        var lines = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Folder, "src", folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(path).Index().Select(line => (Place: $"{Path.GetFileName(path)}({line.Index + 1})", Text: line.Item)))
            .Where(line => !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Text.Contains("auxloss ", StringComparison.Ordinal)
                && !line.Text.Contains("--signal", StringComparison.Ordinal)); // sbatch's own

        Assert.Empty(lines.Where(line => Option().IsMatch(line.Text)).Select(line => line.Place));
    }

    [GeneratedRegex("‹([A-Za-z]+)(?:=[^‹›\"]*)?›")]
    private static partial Regex Named();

    [GeneratedRegex("\"[^\"]*(?<![\\w-])--[a-z]")]
    private static partial Regex Option();
}
