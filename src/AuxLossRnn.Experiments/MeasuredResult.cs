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
    /// <summary>Reads what was written of a run.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="JsonException">It is none, or a part of it is missing.</exception>
    /// <exception cref="UserException">Its spec is none.</exception>
    internal static MeasuredResult Parse(string json) =>
        JsonSerializer.Deserialize<MeasuredResult>(json, KitJson.Line) is { Config: not null, Summary: not null, Environment: not null, TestCurve: not null } result
            ? result
            : throw new JsonException("it has no config, no summary, no environment or no test_curve.");

    /// <summary>Collects a run from its folder.</summary>
    /// <param name="path">The run folder.</param>
    /// <exception cref="UserException">There is no run, or it has not got to its summary.</exception>
    public static MeasuredResult Read(string path)
    {
        (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(path);
        RunSummary summary = folder.ReadSummary()
            ?? throw new UserException($"{folder.Path} has no summary.json: its run has neither finished nor been interrupted in order.");
        RunEnvironment environment = folder.ReadEnvironment()
            ?? throw new UserException($"{folder.Path} has no {Path.GetFileName(folder.EnvironmentPath)}: it is not known where its run took place. Put back the file that the run wrote.");
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
