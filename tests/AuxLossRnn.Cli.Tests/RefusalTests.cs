namespace AuxLossRnn.Cli.Tests;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("dataset", "cifar99", "cifar99", "stroke-digits, mnist, pmnist, cifar10, stanford-dogs")]
    [InlineData("segment", "49", "--segment between 1 and 48", "sequences of 49 steps")]
    [InlineData("truncation", "-5", "truncation of -5 steps", "a number of steps from 0 on")]
    [InlineData("anchors", "many", "--anchors is 'many'", "must be a whole number")]
    [InlineData("model", "gpt", "--model is 'gpt'", "lstm, r-lstm, p-lstm, rp-lstm")]
    [InlineData("batch", "5000", "fewer than one batch of 5000", "smaller --batch or a larger --train-limit")]
    [InlineData("threads", "0", "0 threads cannot be used", "Choose a number from 1 to")]
    [InlineData("device", "nonsense", "'nonsense' is unknown", "cpu, cuda or cuda:N")]
    [InlineData("no-such-option", "1", "--no-such-option", "auxloss train --help")]
    [InlineData("preset", "table2/mnist/r-lstm-trunkate300", "no preset 'table2/mnist/r-lstm-trunkate300'", "nearest first:\n  table2/mnist/r-lstm-truncate300\n")]
    public void A_wrong_option_is_explained_before_a_run_folder_is_made(string option, string value, params string[] explanation)
    {
        using var folder = new TemporaryFolder();

        Refused(AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["run"], (option, value))), explanation);

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void An_unknown_command_points_to_the_help() => Refused(AuxLoss.Run("trian"), "'trian'", "See `auxloss --help`.");

    [Fact]
    public void A_cuda_device_on_a_build_without_cuda_is_explained()
    {
        Assert.SkipUnless(Runtime.Devices.Backend == "cpu", "This build has CUDA.");
        using var folder = new TemporaryFolder();

        Refused(
            AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["run"], ("device", "cuda"))),
            "The device 'cuda' needs CUDA", "Choose the device cpu", "-p:TorchBackend=");
    }

    [Fact]
    public void A_run_folder_below_a_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        Refused(AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["file/run"])), folder["file/run"], "cannot be written", "--out");
        Refused(AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["file"])), folder["file"], "is a file", "--out");
    }

    [Fact]
    public void Missing_dataset_files_are_named_with_the_ways_to_get_them()
    {
        using var folder = new TemporaryFolder();
        string[] explanation = [folder["mnist/train-images-idx3-ubyte"], "auxloss data fetch mnist", "--data DIR", "AUXLOSSRNN_DATA"];

        Refused(AuxLoss.RunIn(folder.Path, "train", "--dataset", "mnist", "--data", folder.Path), explanation);
        Refused(AuxLoss.RunIn(folder.Path, "data", "preview", "mnist", "--out", "x.png", "--data", folder.Path), explanation);

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Fetching_an_unknown_dataset_names_the_known_ones() =>
        Refused(AuxLoss.Run("data", "fetch", "nosuch"), "no dataset 'nosuch'", "mnist, cifar10, dbpedia, stanford-dogs");

    internal static void Refused(CommandResult result, params string[] explanation)
    {
        result.ShouldExitWith(2);
        Assert.All(explanation, part => Assert.Contains(part, result.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("Unhandled", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }
}
