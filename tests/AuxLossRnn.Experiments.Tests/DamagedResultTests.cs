using System.Text.Json;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Experiments.Tests.Sweeps;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Experiments.Tests;

/// <summary>Files of studies and results, damaged in many ways: they are read, or refused by name, and nothing else.</summary>
public sealed class DamagedResultTests : IDisposable
{
    private const string Study = """
        question: does it help?
        base: { side: 7, segment: 10, hidden: 8 }
        axes:
          - model: [lstm, r-lstm]
          - what, "exactly":
              a, b: { hidden: 8 }
              "c": { hidden: 16, truncation: 8 }
        seeds: [1, 2]
        runs: runs
        """;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Files { get; } = new("study.yaml", "study.jsonl", "result.json", "costs.csv", "sweep.json");

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
        string study = _folder.Write("study.yaml", Study);
        Sweep sweep = SweepFile.Read(study);
        MeasuredResult result = Measured.Run(sweep.Points[0].Spec, 0.5);
        string path = file switch
        {
            "study.yaml" => study,
            "study.jsonl" => _folder.Write(file, JsonSerializer.Serialize(result, KitJson.Line) + "\n"),
            "result.json" => _folder.Write($"results/{file}", JsonSerializer.Serialize(result, KitJson.Indented)),
            "costs.csv" => _folder.Write(file, "# on a machine\nmodel,length,batch,seconds,mebibytes,status\nr-lstm,100,8,0.25,12.5,measured\nlstm,2000,8,,,out of memory\n"),
            _ => _folder.Write($"run/{file}", "{\"steps\":12,\"failure\":\"it ended\"}"),
        };
        DamagedCopies.Refused(path, seed, copies, file == "result.json" ? _folder["results"] : file, file switch
        {
            "study.yaml" => () => SweepFile.Read(path),
            "study.jsonl" => () => sweep.Collect().Table(),
            "result.json" => () => ResultTables.Results(_folder["results"]),
            "costs.csv" => () => StepCost.Series(StepCost.Read(path)),
            _ => () => SweepRecord.Read(_folder["run"]),
        });
    }
}
