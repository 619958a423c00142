using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Cli.Tests;

/// <summary>Reads a run folder with nothing of the kit's own, and compares two.</summary>
internal sealed partial record RunFiles(string Folder)
{
    internal string MetricsPath => Path.Combine(Folder, "metrics.jsonl");

    internal string LastWeightsPath => Path.Combine(Folder, "checkpoints", "last", "weights.safetensors");

    internal string BestWeightsPath => Path.Combine(Folder, "checkpoints", "best", "weights.safetensors");

    internal string ConfigPath => Path.Combine(Folder, "config.json");

    internal JsonObject Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!.AsObject();

    /// <summary>The last step of the metrics, while they are being written; 0 for none.</summary>
    internal int LastStep()
    {
        string[] lines = Text(MetricsPath).Split('\n')[..^1];
        return lines.Length == 0 ? 0 : (int)JsonNode.Parse(lines[^1])!["step"]!;
    }

    /// <summary>The process that has claimed the run; 0 for none.</summary>
    internal int Claimant() => Text(Path.Combine(Folder, "claim.json")) is { Length: > 0 } claim ? (int)JsonNode.Parse(claim)!["process"]! : 0;

    internal JsonObject[] Metrics() => [.. File.ReadLines(MetricsPath).Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>The weights of a safetensors file by name: type, shape and bytes, whatever its metadata.</summary>
    internal static SortedDictionary<string, string> Weights(string path) => new(
        SafetensorsReader.Read(path).Tensors.ToDictionary(
            entry => entry.Key, entry => $"{entry.Value.DataType} [{string.Join(",", entry.Value.Shape)}] {Convert.ToHexString(entry.Value.Bytes)}"),
        StringComparer.Ordinal);

    /// <summary>All numbers of a finished run are those of another, bit for bit; only times may differ.</summary>
    internal void ShouldEqual(RunFiles expected)
    {
        ShouldHaveTheNumbersOf(expected);
        ShouldBeTidy();
    }

    /// <summary>The same, whatever else lies in the folder.</summary>
    internal void ShouldHaveTheNumbersOf(RunFiles expected)
    {
        Assert.Equal(expected.MetricsWithoutTimes(), MetricsWithoutTimes());
        Assert.Equal(Weights(expected.LastWeightsPath), Weights(LastWeightsPath));
        Assert.Equal(Weights(expected.BestWeightsPath), Weights(BestWeightsPath));
        Assert.Equal(File.ReadAllText(expected.ConfigPath), File.ReadAllText(ConfigPath));
        string[] times = ["wall_seconds", "peak_memory_bytes", "data_share"];
        Assert.Equal(Without(expected.Read("summary.json"), times), Without(Read("summary.json"), times));
    }

    /// <summary>There is what a finished run has, and what starts wrote that came to no checkpoint; nothing else.</summary>
    internal void ShouldBeTidy()
    {
        string[] names = [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(name => !EarlierStart().IsMatch(name)).Order(StringComparer.Ordinal)];
        Assert.Collection(
            names,
            name => Assert.Equal("checkpoints/best/weights.safetensors", name),
            name => Assert.Matches("^checkpoints/last/training-[0-9]+-[0-9a-f]{32}\\.bin$", name),
            name => Assert.Equal("checkpoints/last/weights.safetensors", name),
            name => Assert.Equal("config.json", name),
            name => Assert.Equal("environment.json", name),
            name => Assert.Equal("losses.json", name),
            name => Assert.Equal("metrics.jsonl", name),
            name => Assert.Equal("summary.json", name));
    }

    [GeneratedRegex("^metrics-[0-9]+[.]jsonl$")]
    private static partial Regex EarlierStart();

    /// <summary>A copy to change.</summary>
    internal RunFiles CopyTo(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(Folder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        return new RunFiles(folder);
    }

    // Of a file that may be replaced, or removed, meanwhile.
    private static string Text(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private string[] MetricsWithoutTimes() => [.. Metrics().Select(line => Without(line, "milliseconds", "milliseconds_data"))];

    private static string Without(JsonObject json, params string[] names)
    {
        foreach (string name in names)
        {
            json.Remove(name);
        }

        return json.ToJsonString();
    }
}
