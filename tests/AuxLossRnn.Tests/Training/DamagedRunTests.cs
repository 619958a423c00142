using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Data;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>Every file of a run folder, damaged in many ways: it is read, or refused by its name, and nothing else.</summary>
public sealed class DamagedRunTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with { Model = ModelName.RLstm, Dataset = "own", Side = new ExperimentSpec().Side, Segment = 3, PretrainEpochs = 0, Epochs = 9, Steps = 4, EvaluateEvery = 2 };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files { get; } = new(
        "config.json", "metrics.jsonl", "summary.json", "data.json", "losses.json", "environment.json", "weights.safetensors", "training.bin");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Some_damage_is_read_or_refused_by_name(string file) => Damage(file, seed: 1, copies: 40);

    [Theory]
    [MemberData(nameof(Files))]
    [Trait("Category", "Slow")]
    public void Much_damage_is_read_or_refused_by_name(string file) => Damage(file, seed: 2, copies: 500);

    private void Damage(string file, int seed, int copies)
    {
        double[][] values = [.. Enumerable.Range(0, 20).Select(i => Enumerable.Range(0, 12).Select(t => (i % 2 == 0 ? t : 12.0 - t) + i / 40.0).ToArray())];
        string[] labels = [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? "up" : "down")];
        DatasetSplits data = OwnSequences.FromArrays(values, labels).Split(0.2, 0.2, seed: 1);
        string path = _folder["run"];
        var folder = RunFolder.Open(path, Spec, resume: false);
        using var trainer = new Trainer(Spec, data, folder);
        trainer.Run();
        LossPart[] losses = [.. trainer.Model.Losses.Select(loss => loss.Part)];
        string last = Path.Combine(path, "checkpoints", "last");
        Action read = file switch
        {
            "config.json" => () => RunFolder.Read(path, check: true),
            "metrics.jsonl" => () => _ = folder.Evaluations().Sum(one => one.Accuracy) + folder.Steps().Sum(one => one.Step),
            "summary.json" => () => folder.ReadSummary(),
            "data.json" => () => folder.ReadFormat(),
            "losses.json" => () => folder.RefuseOtherLosses(losses),
            "environment.json" => () => folder.ReadEnvironment(),
            _ => () => trainer.Resume(),
        };
        string damaged = file switch
        {
            "weights.safetensors" => Path.Combine(last, file),
            "training.bin" => Directory.EnumerateFiles(last, "training-*.bin").Single(),
            _ => Path.Combine(path, file),
        };
        DamagedCopies.Refused(damaged, seed, copies, file == "losses.json" ? path : Path.GetFileName(damaged), read);
    }
}
