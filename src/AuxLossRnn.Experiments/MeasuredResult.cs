using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments;

/// <summary>A measured run, small enough to be committed under <c>data/results</c>.</summary>
/// <param name="Config">The whole spec, seed included.</param>
/// <param name="Summary">What it came to, with its budget in steps and seconds.</param>
/// <param name="Environment">Where it ran: commit, versions, processor, threads.</param>
/// <param name="TestCurve">The test accuracy at each evaluation.</param>
/// <param name="TrainCurve">The accuracy on training examples at each evaluation; null where it was not measured.</param>
public sealed record MeasuredResult(
    ExperimentSpec Config, RunSummary Summary, RunEnvironment Environment, IReadOnlyList<CurvePoint> TestCurve,
    IReadOnlyList<CurvePoint>? TrainCurve = null)
{
    /// <summary>Collects a run from its folder.</summary>
    /// <param name="path">The run folder.</param>
    /// <exception cref="UserException">There is no run, or it has not got to its summary.</exception>
    public static MeasuredResult Read(string path)
    {
        (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(path);
        RunSummary summary = folder.ReadSummary()
            ?? throw new UserException($"{folder.Path} has no summary.json: its run has neither finished nor been interrupted in order.");
        var environment = JsonSerializer.Deserialize<RunEnvironment>(File.ReadAllText(folder.EnvironmentPath), KitJson.Indented)!;
        CurvePoint[] curve(string split) => [.. folder.Evaluations()
            .Where(evaluation => evaluation.Split == split)
            .Select(evaluation => new CurvePoint(evaluation.Step, evaluation.Accuracy))];
        return new MeasuredResult(spec, summary, environment, curve("test"), spec.EvaluateTrain is null ? null : curve(SplitNames.Train));
    }
}

/// <summary>A point of a curve.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Accuracy">The accuracy, in [0, 1].</param>
public sealed record CurvePoint(int Step, double Accuracy);
