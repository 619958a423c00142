using System.Text.Json.Nodes;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class BenchmarkTests
{
    [Fact]
    public void A_quick_run_checks_the_kit_against_plain_code_and_writes_what_it_measured_beside_other_processors()
    {
        using var folder = new TemporaryFolder();
        string published = File.ReadAllText(Path.Combine(Checkout.Folder, "data", "results", "benchmarks.json"));
        JsonNode other = JsonNode.Parse(published)!.AsObject().First().Value!;
        folder.Write("x.json", new JsonObject { ["another processor"] = other.DeepClone() }.ToJsonString());

        AuxLoss.RunBenchmarks(folder.Path, "--quick", "--only", "joint,floor,variants", "--out", "x.json").ShouldExitWith(0);

        JsonObject written = JsonNode.Parse(File.ReadAllText(folder["x.json"]))!.AsObject();
        Assert.True(JsonNode.DeepEquals(other, written["another processor"]));
        JsonNode result = Assert.Single(written, entry => entry.Key != "another processor").Value!;
        string own = (string)result["environment"]!["instructions"]!;
        JsonNode kit = Assert.Single(result["measurements"]!.AsArray(), m => (string)m!["section"]! == "joint" && (string)m["name"]! == "kit" && (string)m["precision"]! == "float32"
            && (string)m["instructions"]! == own && (int)m["threads"]! == (int)result["environment"]!["threads"]!)!;
        Assert.All(["instructions", "precision", "threads", "t", "batch", "milliseconds_median", "min", "max", "repetitions", "flop"], name => Assert.NotNull(kit[name]));
        string[] findings = [.. result["findings"]!.AsArray().Select(f => (string)f!["name"]!)];
        Assert.All(["relative difference of the gradients", "straightforward / kit", "floor", "floor / kit"], name => Assert.Contains(name, findings));
        string[] sets = own == "AVX-512" ? ["AVX-512", "AVX2"] : [own];
        Assert.All(sets, set => Assert.Contains(result["measurements"]!.AsArray(), m => (string)m!["name"]! == "straightforward" && (string)m["instructions"]! == set));
        Assert.All(["processor", "cores", "operating_system", "commit", "torch_sharp_version", "started"], name => Assert.NotNull(result["environment"]![name]));
    }
}
