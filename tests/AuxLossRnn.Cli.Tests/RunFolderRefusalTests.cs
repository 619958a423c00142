namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class RunFolderRefusalTests(ReferenceRun reference) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_that_holds_a_run_is_not_overwritten()
    {
        RunFiles run = reference.Files.CopyTo(_folder["run"]);

        RefusalTests.Refused(
            AuxLoss.RunIn(_folder.Path, TinyRun.Train(run.Folder)), run.Folder, "already holds a run", "--resume", "--out");

        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void A_run_of_another_spec_is_not_resumed_and_the_differences_are_listed()
    {
        RunFiles run = reference.Files.CopyTo(_folder["run"]);

        RefusalTests.Refused(
            AuxLoss.RunIn(_folder.Path, TinyRun.Resume(run.Folder, ("hidden", "9"), ("seed", "2"))),
            "holds a run of another spec", "--hidden is 8 there and 9 here", "--seed is 1 there and 2 here", "--out");

        run.ShouldEqual(reference.Files);
    }

    [Fact]
    public void A_folder_without_a_run_cannot_be_evaluated() =>
        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, "evaluate", _folder.Path), $"{_folder.Path} holds no run", "auxloss train --out");

    [Theory]
    [InlineData("evaluate", "")]
    [InlineData("evaluate", "{\"hidden\": \"wide\"}")]
    [InlineData("resume", "{\"width\": 8}")]
    public void A_corrupt_config_is_named(string command, string content)
    {
        RunFiles run = reference.Files.CopyTo(_folder["run"]);
        File.WriteAllText(run.ConfigPath, content);

        RefusalTests.Refused(Read(command, run), $"{run.ConfigPath} is not a config of this version");
    }

    [Theory]
    [InlineData("evaluate", 5)]
    [InlineData("evaluate", -4)]
    [InlineData("resume", 0)]
    [InlineData("resume", 100)]
    public void Weights_cut_short_are_named(string command, int length)
    {
        RunFiles run = reference.Files.CopyTo(_folder["run"]);
        byte[] weights = File.ReadAllBytes(run.LastWeightsPath);
        File.WriteAllBytes(run.LastWeightsPath, weights[..(length < 0 ? weights.Length + length : length)]);

        RefusalTests.Refused(Read(command, run), $"{run.LastWeightsPath} is not a readable safetensors file");
    }

    [Fact]
    public void A_checkpoint_without_its_training_file_is_not_resumed()
    {
        RunFiles run = reference.Files.CopyTo(_folder["run"]);
        File.Delete(Directory.EnumerateFiles(Path.GetDirectoryName(run.LastWeightsPath)!, "training-*").Single());

        RefusalTests.Refused(
            AuxLoss.RunIn(_folder.Path, TinyRun.Resume(run.Folder)), $"The checkpoint in {run.Folder} cannot be resumed", "Start anew with another --out");
    }

    private CommandResult Read(string command, RunFiles run) =>
        AuxLoss.RunIn(_folder.Path, command == "resume" ? TinyRun.Resume(run.Folder) : [command, run.Folder]);
}
