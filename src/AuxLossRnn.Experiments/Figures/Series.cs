using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Figures;

/// <summary>One line of a figure.</summary>
/// <param name="Name">The name in the legend; runs that differ only by their seed share it.</param>
/// <param name="Model">The model, which gives the colour: one of <see cref="ModelStyle.All"/>.</param>
/// <param name="X">Places along the figure.</param>
/// <param name="Y">Values there, as many; NaN leaves a gap.</param>
public sealed record Series(string Name, string Model, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>The test accuracy (%) of a run by its steps.</summary>
    /// <param name="result">The run.</param>
    /// <param name="name">The name in the legend; the model's if null.</param>
    public static Series OfTest(MeasuredResult result, string? name = null) => Of(result, result.TestCurve, name);

    /// <summary>The accuracy (%) of a run on training examples by its steps.</summary>
    /// <param name="result">The run; its spec's <see cref="ExperimentSpec.EvaluateTrain"/> asked for it.</param>
    /// <param name="name">The name in the legend; the model's if null.</param>
    /// <exception cref="UserException">The run has not measured it.</exception>
    public static Series OfTrain(MeasuredResult result, string? name = null) => Of(
        result, result.TrainCurve ?? throw new UserException("The run has no accuracy on training examples: train it with ‹EvaluateTrain› N."), name);

    private static Series Of(MeasuredResult result, IReadOnlyList<CurvePoint> curve, string? name)
    {
        string model = result.Config.Model.ToString();
        return new Series(name ?? model, model, [.. curve.Select(point => (double)point.Step)], [.. curve.Select(point => 100 * point.Accuracy)]);
    }

    /// <summary>The accuracy (%) of a run by its steps, whether it has ended or not.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <param name="split"><c>test</c>, <c>validation</c> or <c>train</c>.</param>
    /// <param name="name">The name in the legend; the model's if null.</param>
    /// <exception cref="UserException">There is no run.</exception>
    public static Series OfRun(string runFolder, string split = "test", string? name = null)
    {
        (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(runFolder);
        string model = spec.Model.ToString();
        EvaluationMetrics[] evaluations = [.. folder.Evaluations().Where(evaluation => evaluation.Split == split)];
        return new Series(
            name ?? model, model, [.. evaluations.Select(evaluation => (double)evaluation.Step)],
            [.. evaluations.Select(evaluation => 100 * evaluation.Accuracy)]);
    }
}
