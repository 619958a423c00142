using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Figures;

/// <summary>One line of a figure.</summary>
/// <param name="Name">The name in the legend; runs that differ only by their seed share it.</param>
/// <param name="Model">The model, which gives the colour: by <see cref="ModelStyle.Of"/>.</param>
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

    /// <summary>An auxiliary loss of a run by its steps, whether it has ended or not.</summary>
    /// <param name="runFolder">The run folder.</param>
    /// <param name="loss">The loss's name, such as <c>reconstruction</c>.</param>
    /// <param name="name">The name in the legend; the loss's if null.</param>
    /// <exception cref="UserException">There is no run, or it has no such loss.</exception>
    public static Series OfLoss(string runFolder, string loss, string? name = null)
    {
        (RunFolder folder, ExperimentSpec spec) = RunFolder.Read(runFolder);
        (double Step, double Loss)[] steps = [.. folder.Steps().Where(step => step.Losses?.ContainsKey(loss) == true)
            .Select(step => ((double)step.Step, step.Losses![loss]))];
        return steps.Length > 0 ? new Series(name ?? loss, spec.Model.ToString(), [.. steps.Select(one => one.Step)], [.. steps.Select(one => one.Loss)])
            : throw new UserException(
                $"{folder.Path} has no step with a loss '{loss}'; its model is {spec.Model}. Give one of {string.Join(", ", spec.Model.Losses)}.");
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
