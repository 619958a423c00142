using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using CsCheck;

namespace AuxLossRnn.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class RunFolderTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with { Steps = 2, CheckpointEvery = 1 };

    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_folder_that_holds_a_run_is_refused_without_resume()
    {
        Begin(Spec);
        string message = Refused(() => Open(Spec));

        Assert.Contains(_temporary["run"], message);
        Assert.Contains("resume = true", message);
    }

    [Fact]
    public void A_run_of_another_spec_is_refused_with_the_properties_that_differ()
    {
        Begin(Spec with { Hidden = 3 });
        string message = Refused(() => Open(Spec with { Seed = 9, Epochs = 50, Steps = 70 }, resume: true));

        Assert.Contains("Hidden is 3 there and 4 here", message);
        Assert.Contains("Seed is 1 there and 9 here", message);
        Assert.DoesNotContain("Epochs", message);
        Assert.DoesNotContain("Steps is", message);
        Assert.DoesNotContain("Batch", message);
    }

    [Fact]
    public void A_resumed_run_may_be_longer_and_keeps_the_new_length()
    {
        Begin(Spec);
        Begin(Spec with { Steps = 5, Epochs = 9 }, resume: true);

        Assert.Equal(Spec with { Steps = 5, Epochs = 9 }, RunFolder.Read(_temporary["run"]).Spec);
    }

    [Fact]
    public void Fewer_steps_than_a_run_has_done_are_refused()
    {
        using (var trainer = new Trainer(Spec, TinyRun.Data, Open(Spec)))
        {
            trainer.Run();
        }

        Assert.Contains("a run of 2 steps, which cannot go on to 1", Refused(() => Open(Spec with { Steps = 1 }, resume: true)));
        Assert.Equal(2, RunFolder.Read(_temporary["run"]).Spec.Steps);
    }

    [Fact]
    public void What_a_killed_process_left_is_deleted_and_nothing_of_the_user()
    {
        string half = "config.json.12.0123456789abcdef0123456789abcdef.tmp";
        string[] stay = [$"run/mine/{half}", "run/draft.tmp", "run/checkpoints/last/notes.12.tmp"], go = [$"run/{half}", $"run/checkpoints/best/{half}"];
        foreach (string path in stay.Concat(go))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_temporary[path])!);
            File.WriteAllText(_temporary[path], "x");
        }

        Begin(Spec);

        Assert.All(stay, path => Assert.True(File.Exists(_temporary[path]), path));
        Assert.All(go, path => Assert.False(File.Exists(_temporary[path]), path));
    }

    [Fact]
    public void An_empty_or_missing_folder_is_taken_even_with_resume()
    {
        Directory.CreateDirectory(_temporary["run"]);

        Assert.False(Open(Spec, resume: true).HasCheckpoint);
        Assert.False(RunFolder.Open(_temporary["a/b/c"], Spec, resume: true).HasCheckpoint);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run/checkpoints")]
    [InlineData("run/checkpoints/best")]
    public void A_file_in_the_way_is_refused_with_its_place(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_temporary[file])!);
        File.WriteAllText(_temporary[file], "");

        Assert.Contains(_temporary["run"], Refused(() => Open(Spec)));
        Assert.Contains(" path", Refused(() => Open(Spec)));
    }

    [Theory]
    [InlineData("/proc/no/such/run")]
    [InlineData("/dev/null/run")]
    public void A_path_that_cannot_be_written_is_refused(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The unwritable paths are Linux'.");

        Assert.Contains(path, Refused(() => RunFolder.Open(path, Spec, resume: false)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"hidden\": \"many\"}")]
    [InlineData("{\"truncation\": true}")]
    [InlineData("{\"truncation\": -3}")]
    [InlineData("{\"hiden\": 3}")]
    public void A_damaged_config_is_refused(string config)
    {
        RunFolder folder = Begin(Spec);
        File.WriteAllText(folder.ConfigPath, config);

        Refused(() => Open(Spec, resume: true));
        Assert.Contains(folder.ConfigPath, Refused(() => RunFolder.Read(folder.Path)));
    }

    [Fact]
    public void A_folder_without_a_run_cannot_be_read() =>
        Assert.Contains("config.json", Refused(() => RunFolder.Read(_temporary.Path)));

    [Fact]
    public void Weights_that_do_not_fit_the_model_are_refused_by_name_and_shape()
    {
        RunFolder folder = Trained();
        using var larger = new AuxiliaryLossModel(Spec with { Hidden = 6 }, 1, 10);
        using var other = new AuxiliaryLossModel(Spec with { Model = ModelName.PLstm }, 1, 10);

        Assert.Matches(@"encoder\.\S+ should be \[24(, \d+)?\], found \[16", Refused(() => WeightsFile.Load(folder.LastWeightsPath, larger)));
        Assert.Matches(@"prediction\.\S+ should be \[.*found nothing", Refused(() => WeightsFile.Load(folder.LastWeightsPath, other)));
        Assert.Contains("no weights", Refused(() => WeightsFile.Load(_temporary["none"], other)));
    }

    [Fact]
    public void A_checkpoint_without_its_training_file_is_refused()
    {
        RunFolder folder = Trained();
        File.Delete(TrainingFile(folder));

        Assert.Contains(folder.Path, Refused(() => Resume(folder)));
    }

    [Fact]
    public void A_training_file_cut_anywhere_is_refused()
    {
        RunFolder folder = Trained();
        string path = TrainingFile(folder);
        byte[] whole = File.ReadAllBytes(path);
        int[] lengths = [.. Enumerable.Range(0, 30).Select(i => i * 17), .. Enumerable.Range(1, 20).Select(i => whole.Length * i / 21), whole.Length - 1];
        Assert.All(lengths, length =>
        {
            File.WriteAllBytes(path, whole[..length]);
            Refused(() => Resume(folder));
        });
    }

    [Fact]
    public void A_damaged_training_file_is_refused()
    {
        RunFolder folder = Trained();
        string path = TrainingFile(folder);
        byte[] whole = File.ReadAllBytes(path);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255]).Sample(
            (at, change) =>
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= change;
                File.WriteAllBytes(path, damaged);
                Refused(() => Resume(folder));
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void Metrics_that_are_shorter_than_the_checkpoint_knows_are_not_filled_with_zero_bytes()
    {
        RunFolder folder = Trained();
        File.Delete(folder.MetricsPath);
        folder = Open(Spec with { Steps = 4 }, resume: true);
        using var trainer = new Trainer(Spec with { Steps = 4 }, TinyRun.Data, folder);
        trainer.Resume();
        trainer.Run();

        Assert.StartsWith("{\"step\":3,", File.ReadAllText(folder.MetricsPath));
    }

    [Fact]
    public void A_summary_is_null_before_the_end_of_a_run_and_refused_when_damaged()
    {
        RunFolder folder = Open(Spec);
        Assert.Null(folder.ReadSummary());
        File.WriteAllText(folder.SummaryPath, "{");

        Assert.Contains(folder.SummaryPath, Refused(() => folder.ReadSummary()));
    }

    private RunFolder Begin(ExperimentSpec spec, bool resume = false)
    {
        RunFolder folder = Open(spec, resume);
        folder.Begin(spec).Dispose();
        return folder;
    }

    private RunFolder Open(ExperimentSpec spec, bool resume = false) => RunFolder.Open(_temporary["run"], spec, resume);

    private RunFolder Trained()
    {
        RunFolder folder = Open(Spec);
        using var trainer = new Trainer(Spec, TinyRun.Data, folder);
        trainer.Run();
        return folder;
    }

    private static void Resume(RunFolder folder)
    {
        using var trainer = new Trainer(Spec, TinyRun.Data, folder);
        trainer.Resume();
    }

    private static string TrainingFile(RunFolder folder) =>
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(folder.LastWeightsPath)!, "training-*"));

    private static string Refused(Action action) => Assert.Throws<UserException>(action).Message;
}
