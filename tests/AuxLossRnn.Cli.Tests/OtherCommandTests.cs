namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class OtherCommandTests
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    [Fact]
    public void The_datasets_are_listed_with_what_is_missing()
    {
        using var folder = new TemporaryFolder();

        CommandResult result = AuxLoss.RunIn(folder.Path, "data", "list", "--data", folder.Path).ShouldExitWith(0);

        Assert.Contains(folder.Path, result.Output, StringComparison.Ordinal);
        Assert.All(["stroke-digits: ", "mnist: ", "cifar10: ", "dbpedia: ", "stanford-dogs: "],
            name => Assert.Contains(result.OutputLines, line => line.StartsWith(name, StringComparison.Ordinal)));
        Assert.Contains("mnist/train-images-idx3-ubyte.gz (it is missing)", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unpacked_is_listed_too()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["stanford-dogs/Images"]);

        CommandResult result = AuxLoss.RunIn(folder.Path, "data", "list", "--data", folder.Path).ShouldExitWith(0);

        Assert.Contains("  here  stanford-dogs/Images (read instead", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cifar-10-batches-bin", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preview_is_a_png_picture()
    {
        using var folder = new TemporaryFolder();

        AuxLoss.RunIn(folder.Path, "data", "preview", "stroke-digits", "--side", "7", "--out", "x.png").ShouldExitWith(0);

        Assert.Equal(PngSignature, File.ReadAllBytes(folder["x.png"])[..8]);
    }

    [Fact]
    public void Texts_are_previewed_as_lines_and_train_with_each_model()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["dbpedia"]);
        string rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"{1 + i % 14},\"Title {i}\",\"{new string((char)('a' + i % 26), i)}\"\r\n"));
        File.WriteAllText(folder["dbpedia/train.csv"], rows);
        File.WriteAllText(folder["dbpedia/test.csv"], rows);

        CommandResult preview = AuxLoss.RunIn(folder.Path, "data", "preview", "dbpedia", "--data", ".").ShouldExitWith(0);
        Assert.Equal(28, preview.OutputLines.Count(line => line.Contains(": title ", StringComparison.Ordinal)));
        Assert.Contains("Plant: title 10 / kkkkkkkkkk", preview.Output, StringComparison.Ordinal);

        foreach (string model in new[] { "lstm", "r-lstm", "p-lstm" })
        {
            string[] train =
            [
                "train", "--dataset", "dbpedia", "--data", ".", "--model", model, "--steps", "3", "--hidden", "4", "--batch", "5", "--segment", "20",
                "--pretrain-epochs", "0.1", "--threads", "1", "--out", model,
            ];
            AuxLoss.RunIn(folder.Path, train).ShouldExitWith(0);
            string config = File.ReadAllText(folder[$"{model}/config.json"]);
            Assert.All(["\"encoding\": \"embedding\"", "\"token_loss\": \"cross-entropy\""], line => Assert.Contains(line, config, StringComparison.Ordinal));
        }

        CommandResult linear = AuxLoss.RunIn(folder.Path, "train", "--dataset", "dbpedia", "--data", ".", "--segment", "20", "--encoding", "linear", "--batch", "5");
        Assert.Contains("Choose --encoding embedding", linear.ShouldExitWith(2).Error, StringComparison.Ordinal);
        CommandResult squared = AuxLoss.RunIn(folder.Path, "train", "--dataset", "dbpedia", "--data", ".", "--segment", "20", "--token-loss", "squared-error", "--batch", "5");
        Assert.Contains("Choose --token-loss cross-entropy", squared.ShouldExitWith(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_finds_nothing_wrong_where_the_tests_run()
    {
        CommandResult result = AuxLoss.Run("doctor").ShouldExitWith(0);

        Assert.Contains("TorchSharp: ", result.Output, StringComparison.Ordinal);
        Assert.Equal("Nothing is wrong.", result.OutputLines[^1].TrimEnd());
    }

    [Fact]
    public void The_quickstart_shows_both_models_their_curves_and_a_table()
    {
        using var folder = new TemporaryFolder();

        CommandResult result = AuxLoss.RunIn(folder.Path, "quickstart", "--budget", "smoke").ShouldExitWith(0);

        int curves = result.Output.IndexOf("100 % │", StringComparison.Ordinal);
        int legend = result.Output.IndexOf("o LSTM   * r-LSTM", StringComparison.Ordinal);
        int table = result.Output.IndexOf("best on validation", StringComparison.Ordinal);
        Assert.True(0 < curves && curves < legend && legend < table, $"{result}");
        Assert.Matches("\\W LSTM   \\W[^\n]+%", result.Output[table..]);
        Assert.Matches("\\W r-LSTM \\W[^\n]+%", result.Output[table..]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
