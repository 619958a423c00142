using AuxLossRnn.Models;

namespace AuxLossRnn.Benchmarks;

/// <summary>The time that a step's operations take at the best speed known here: of libtorch's matrix product or of the kernels' own tile.</summary>
internal static class Floor
{
    /// <summary>What to time, in turn with the step, in its number format.</summary>
    public static StepRecipe[] Recipes(Settings settings, Precision precision)
    {
        StepRecipe product = settings.Joint with { T = settings.MatrixSize, Kind = StepKind.Product, Compute = new ComputeOptions(precision) };
        return ComputeOptions.Instructions is not null && Steps.Device.type == TorchSharp.DeviceType.CPU ? [product, product with { Kind = StepKind.Tile }] : [product];
    }

    /// <summary>Adds what was timed, and the floor that follows.</summary>
    /// <param name="step">The step that it is the floor of.</param>
    /// <param name="timed">Those of <see cref="Recipes"/>.</param>
    /// <param name="times">Their milliseconds.</param>
    /// <returns>The floor in milliseconds, for each repetition.</returns>
    public static double[] Add(StepShape step, IReadOnlyList<Step> timed, IReadOnlyList<double[]> times, Report report)
    {
        (string Name, double[] Floors)[] all = [.. timed.Zip(times, (speed, milliseconds) =>
        {
            StepShape shape = speed.Shape;
            string name = timed.Count == 1 || speed == timed[0] ? "libtorch's product" : "the kernels' tile";
            double median = report.Add(name, speed, milliseconds);
            report.Find("speed", shape.Flop!.Value / median / 1e6, "GFLOP/s", name, shape);
            return (name, milliseconds.Select(time => time * step.Flop!.Value / shape.Flop.Value).ToArray());
        })];
        (string best, double[] floors) = all.MinBy(speed => Harness.Median(speed.Floors));
        report.Find("floor", Harness.Median(floors), "ms", $"at the speed of {best}", step);
        return floors;
    }
}
