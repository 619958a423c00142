using AuxLossRnn.Data;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class RefusalTests
{
    [Theory]
    [InlineData("dataset", "cifar99", "cifar99", "stroke-digits, mnist, pmnist, cifar10, stanford-dogs")]
    [InlineData("segment", "49", "--segment between 1 and 48", "sequences of 49 steps")]
    [InlineData("truncation", "-5", "truncation of -5 steps", "a number of steps from 0 on")]
    [InlineData("anchors", "many", "--anchors is 'many'", "must be a whole number")]
    [InlineData("model", "gpt", "--model is 'gpt'", "an encoder (lstm, gru, irnn, urnn, transformer), or r, p or rp, a dash", "r-lstm, p-gru, rp-irnn")]
    [InlineData("learning-rate", "0,001", "--learning-rate is '0,001'", "must be a number")]
    [InlineData("batch", "1,000", "--batch is '1,000'", "must be a whole number")]
    [InlineData("silence", "2147483647", "--silence is 2147483647", "from 0 to 1000000")]
    [InlineData("batch", "5000", "fewer than one batch of 5000", "smaller --batch or a larger --train-limit")]
    [InlineData("threads", "x", "'x'", "'whole number'")]
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
    public void Nothing_to_go_on_with_is_no_new_run()
    {
        using var folder = new TemporaryFolder();

        Refused(AuxLoss.RunIn(folder.Path, "train", "--out", folder["typo"], "--resume"), folder["typo"], "no run to go on with", "--preset");

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("There is nothing said of what to train", "auxloss quickstart")]
    [InlineData("--budget scales a preset", "--steps and --epochs", "--budget", "smoke", "--model", "lstm")]
    public void What_is_to_be_trained_has_to_be_said(string problem, string wayOut, params string[] arguments)
    {
        using var folder = new TemporaryFolder();

        Refused(AuxLoss.RunIn(folder.Path, ["train", .. arguments]), problem, wayOut);

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_run_on_own_sequences_is_left_to_code()
    {
        using var folder = new TemporaryFolder();
        AuxLoss.RunIn(folder.Path, TinyRun.Train(folder["run"], ("steps", "1"), ("model", "lstm"))).ShouldExitWith(0);
        var spec = RunFolder.Read(folder["run"]).Spec;
        RunFolder.Open(folder["run"], spec, resume: true).Begin(spec, format: OwnSequences.FromArrays([[1f], [2]], new[] { 0, 1 }).Split(0, 0).Train.Format!).Dispose();

        Refused(AuxLoss.Run("evaluate", folder["run"]), "sequences of your own (arrays)", "Predictor.Open");
        Refused(AuxLoss.Run("train", "--out", folder["run"], "--resume"), "sequences of your own (arrays)", "resume: true");
    }

    [Fact]
    public void What_cannot_be_written_is_refused_before_anything_is_done()
    {
        using var folder = new TemporaryFolder();
        string there = folder["no/such/file"];

        Refused(AuxLoss.Run("evaluate", folder["run"], "--result", there), $"{there} cannot be written: there is no folder");
        Refused(AuxLoss.Run("data", "preview", "stroke-digits", "--out", $"{there}.png"), $"{there}.png cannot be written");
        Refused(AuxLoss.Run("data", "preview", "stroke-digits", "--out", folder["a.jpg"]), "a.jpg", "ends in .png");
        Refused(AuxLoss.Run("evaluate", folder["run"], "--result", folder.Path), $"{folder.Path} cannot be written: it is a folder");
        Refused(AuxLoss.Run("evaluate", folder["run"], "--result", ""), "empty name");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Help_is_named_with_the_whole_command() =>
        Assert.Contains("See `auxloss data fetch --help`.", AuxLoss.Run("data", "fetch").ShouldExitWith(2).Error, StringComparison.Ordinal);

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
        string[] explanation = [folder["mnist/train-images-idx3-ubyte"], "auxloss data fetch mnist", "--data", "AUXLOSSRNN_DATA"];

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
