using System.Text.Json.Nodes;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class KernelTests
{
    [Fact]
    public void The_kernel_is_installed_below_a_prefix_and_taken_away()
    {
        using var folder = new TemporaryFolder();
        string spec = folder[Path.Combine("env", "share", "jupyter", "kernels", ".net-csharp", "kernel.json")];

        Assert.Contains(Path.GetDirectoryName(spec)!, AuxLoss.RunIn(folder.Path, "kernel", "install", "--prefix", "env").ShouldExitWith(0).Output, StringComparison.Ordinal);

        string[] start = [.. JsonNode.Parse(File.ReadAllText(spec))!["argv"]!.AsArray().Select(part => (string)part!)];
        Assert.True(File.Exists(start[0]), start[0]);
        Assert.Equal(["kernel", "run", "{connection_file}"], start[^3..]);

        AuxLoss.RunIn(folder.Path, "kernel", "uninstall", "--prefix", "env").ShouldExitWith(0);
        Assert.False(File.Exists(spec));
        Assert.StartsWith("Nothing to take away", AuxLoss.RunIn(folder.Path, "kernel", "uninstall", "--prefix", "env").ShouldExitWith(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_programs_kernel_is_replaced_only_by_force()
    {
        using var folder = new TemporaryFolder();
        string spec = folder[Path.Combine("share", "jupyter", "kernels", ".net-csharp", "kernel.json")];
        Directory.CreateDirectory(Path.GetDirectoryName(spec)!);
        File.WriteAllText(spec, "{}");

        Assert.Contains("--force", AuxLoss.RunIn(folder.Path, "kernel", "install", "--prefix", ".").ShouldExitWith(2).Error, StringComparison.Ordinal);
        AuxLoss.RunIn(folder.Path, "kernel", "uninstall", "--prefix", ".").ShouldExitWith(2);
        Assert.Equal("{}", File.ReadAllText(spec));
        AuxLoss.RunIn(folder.Path, "kernel", "install", "--prefix", ".", "--force").ShouldExitWith(0);
    }

    [Fact]
    public void Running_is_Jupyters_business_and_wants_its_file()
    {
        using var folder = new TemporaryFolder();

        Assert.DoesNotContain("  run", AuxLoss.Run("kernel", "--help").ShouldExitWith(0).Output, StringComparison.Ordinal);
        Assert.Contains("none.json", AuxLoss.RunIn(folder.Path, "kernel", "run", "none.json").ShouldExitWith(2).Error, StringComparison.Ordinal);
    }
}
