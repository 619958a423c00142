using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The joint step against the time that its operations take at the speed of a large matrix product.</summary>
internal static class FloorSection
{
    public static void Measure(Settings settings, Report report)
    {
        foreach (Precision format in Enum.GetValues<Precision>())
        {
            using var product = new MatrixProduct(settings.MatrixSize, format == Precision.Float32 ? ScalarType.Float32 : ScalarType.BFloat16);
            string precision = product.Shape.Precision;
            using Step? step = Steps.Precisions.Contains(format)
                ? Steps.Create(settings.Joint with { Compute = new ComputeOptions(format) })
                : null;
            double[][] times = Harness.Interleave(settings.Pairs, step is null ? [product] : [product, step]);
            double rate = product.Shape.Flop!.Value / report.Add($"product of two {settings.MatrixSize}² matrices", product, times[0]);
            double operations = Flops.Mean(settings.Joint), floor = operations / rate;
            report.Find($"{precision}: speed of the product", rate / 1e6, "GFLOP/s");
            report.Find($"{precision}: floor", floor, "ms", "the joint step's operations at that speed");
            if (step is not null)
            {
                report.Add("joint step", step, times[1]);
                double products = operations / product.Shape.Flop!.Value;
                report.Find($"{precision}: floor / measured", products * Harness.Ratio(times[0], times[1]), "×", "median of pairs");
            }
        }
    }
}
