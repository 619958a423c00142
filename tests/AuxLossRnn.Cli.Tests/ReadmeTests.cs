using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Cli.Tests;

/// <summary>The README's example of own sequences runs as it stands there.</summary>
public sealed class ReadmeTests
{
    private const int Steps = 41;

    [Fact]
    public void The_example_of_own_sequences_runs()
    {
        using var folder = new TemporaryFolder();
        string root = Checkout.Folder;
        string readme = File.ReadAllText(Path.Combine(root, "README.md"));
        string section = readme[readme.IndexOf("## Your own sequences", StringComparison.Ordinal)..];
        string code = Regex.Match(section, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        WriteData(folder.Path);
        string library = Path.Combine(root, "src/AuxLossRnn.Experiments/bin/Release/net10.0").Replace('\\', '/');
        string references = string.Concat(
            new[] { "AuxLossRnn", "AuxLossRnn.Data", "AuxLossRnn.Experiments", "TorchSharp" }.Select(name => $"#r \"{library}/{name}.dll\"\n"));
        File.WriteAllText(folder["readme.ipynb"], JsonSerializer.Serialize(new
        {
            cells = new[]
            {
                new
                {
                    cell_type = "code",
                    execution_count = (int?)null,
                    id = "example",
                    metadata = new { },
                    outputs = Array.Empty<object>(),
                    source = $"{references}{code}",
                },
            },
            metadata = new { },
            nbformat = 4,
            nbformat_minor = 5,
        }));

        AuxLoss.RunIn(folder.Path, "notebook", "run", "readme.ipynb").ShouldExitWith(0);

        Assert.Matches("(a|b), (a|b), (a|b); test accuracy [01][.][0-9][0-9]", File.ReadAllText(folder["readme.ipynb"]));
    }

    /// <summary>60 recordings of 41 steps and 3 channels in a table, and 3 in a NumPy array.</summary>
    private static void WriteData(string folder)
    {
        static double value(int i, int at) => Math.Sin(0.1 * at * (1 + i % 2) + i);
        IEnumerable<int> places = Enumerable.Range(0, 3 * Steps);
        File.WriteAllLines(
            Path.Combine(folder, "recordings.csv"),
            Enumerable.Range(0, 60)
                .Select(i => $"{(i % 2 == 0 ? "a" : "b")},{string.Join(",", places.Select(at => value(i, at).ToString(CultureInfo.InvariantCulture)))}")
                .Prepend($"label,{string.Join(",", places.Select(at => $"v{at}"))}"));
        using var file = new BinaryWriter(File.Create(Path.Combine(folder, "new.npy")));
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f8', 'fortran_order': False, 'shape': (3, {Steps}, 3), }}\n");
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
        foreach (int i in Enumerable.Range(0, 3))
        {
            foreach (int at in places)
            {
                file.Write(value(i, at));
            }
        }
    }
}
