using System.Text.Json.Nodes;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class BenchmarkTests
{
    [Fact]
    public void A_quick_run_checks_the_kit_against_plain_code_and_writes_what_it_measured()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.RunBenchmarks(folder.Path, "--quick", "--only", "joint,floor,variants", "--out", "x.json").ShouldExitWith(0);

        JsonNode result = JsonNode.Parse(File.ReadAllText(folder["x.json"]))!;
        JsonNode kit = Assert.Single(result["measurements"]!.AsArray(), m => (string)m!["section"]! == "joint" && (string)m["name"]! == "kit" && (string)m["precision"]! == "float32")!;
        Assert.All(["precision", "threads", "t", "batch", "milliseconds_median", "min", "max", "repetitions", "flop"], name => Assert.NotNull(kit[name]));
        Assert.Contains(result["findings"]!.AsArray(), f => (string)f!["name"]! == "relative difference of the gradients");
        Assert.All(["processor", "cores", "operating_system", "commit", "torch_sharp_version", "started"], name => Assert.NotNull(result["environment"]![name]));
    }
}
