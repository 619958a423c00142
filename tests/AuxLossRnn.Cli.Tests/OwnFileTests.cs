using System.Globalization;

namespace AuxLossRnn.Cli.Tests;

/// <summary>Sequences of one's own without a line of code: training, going on, evaluating, predicting.</summary>
[Trait("Category", "Slow")]
public sealed class OwnFileTests
{
    [Fact]
    public void A_table_is_trained_on_gone_on_with_from_another_folder_and_predicted()
    {
        using var folder = new TemporaryFolder();
        string Row(int i, string label) => string.Create(CultureInfo.InvariantCulture, $"{label},{i % 2},{i % 2 + 0.1 * (i % 5)},{i % 3},{i % 2}");
        File.WriteAllLines(folder["mine.csv"], ["class,a,b,c,d", .. Enumerable.Range(0, 24).Select(i => Row(i, i % 2 == 0 ? "\"left, high\"" : "right"))]);
        File.WriteAllLines(folder["more.csv"], ["class,a,b,c,d", .. Enumerable.Range(0, 9).Select(i => Row(i, ""))]);

        CommandResult trained = AuxLoss.RunIn(
            folder.Path, "train", "--data-file", "mine.csv", "--label", "class", "--unlabelled", "more.csv", "--epochs", "4", "--pretrain-epochs", "1", "--hidden", "4", "--out", "run").ShouldExitWith(0);
        CommandResult again = AuxLoss.Run("train", "--out", folder["run"], "--resume").ShouldExitWith(0);
        AuxLoss.Run("predict", folder["run"], folder["more.csv"], "--out", folder["p.csv"]).ShouldExitWith(0);

        Assert.Contains("classes: 0 = left, high, 1 = right", trained.Output, StringComparison.Ordinal);
        Assert.Contains("9 without labels", trained.Output, StringComparison.Ordinal);
        Assert.Matches("as the kit's studies have it.*--segment 2 ", trained.Output.ReplaceLineEndings(" "));
        Assert.DoesNotContain("as the kit's studies have it", again.Output, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(folder["p.csv"]);
        Assert.Equal("sequence,class,\"p(left, high)\",p(right)", lines[0]);
        Assert.Equal(10, lines.Length);
        Assert.All(lines[1..], line => Assert.Equal(1, line.Split(',')[^2..].Sum(p => double.Parse(p, CultureInfo.InvariantCulture)), 1e-5));
    }
}
