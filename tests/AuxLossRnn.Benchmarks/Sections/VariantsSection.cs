using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The kit's other steps, and how the joint step grows with the length of the sequence.</summary>
internal static class VariantsSection
{
    public static void Measure(Settings settings, Report report)
    {
        StepRecipe joint = settings.Joint;
        ExperimentSpec spec = joint.Spec;
        (string Name, StepRecipe Recipe)[] variants =
        [
            ("p-LSTM", joint with { Spec = spec with { Model = ModelName.PLstm } }),
            ("r-LSTM, 20 anchors × 30", joint with { Spec = spec with { Anchors = 20, Segment = 30 } }),
            ("r-LSTM, squared error", joint with { Spec = spec with { TokenLoss = TokenLoss.SquaredError } }),
            ("evaluation", joint with { Spec = spec with { Batch = 500 }, Kind = StepKind.Evaluation }),
            ("pretraining", joint with { Kind = StepKind.Pretraining }),
        ];
        foreach ((string name, StepRecipe recipe) in variants)
        {
            using Step step = Steps.Create(recipe), plain = Steps.Create(recipe with { Straightforward = true });
            if (step is TrainingStep training)
            {
                JointSection.Agree($"the kit's {name} and the straightforward one", training.DistanceTo((TrainingStep)plain), training.Shape, report);
            }

            Step[] speeds = [.. Floor.Recipes(settings, Precision.Float32).Select(Steps.Create)];
            double[][] times = Harness.Interleave(settings.Repetitions, [plain, step, .. speeds]);
            report.Add($"{name}, straightforward", plain, times[0]);
            report.Add(name, step, times[1]);
            report.Find($"{name}: straightforward / kit", Harness.Ratio(times[0], times[1]), "×");
            report.Find($"{name}: floor / kit", Harness.Ratio(Floor.Add(step.Shape, speeds, times[2..], report), times[1]), "×");
            Array.ForEach(speeds, speed => speed.Dispose());
        }

        MeasureLengths(settings, report);
    }

    private static void MeasureLengths(Settings settings, Report report)
    {
        Step[] steps = [.. settings.Lengths.Select(length => Steps.Create(settings.Joint with { T = length }))];
        double[][] times = Harness.Interleave(settings.Repetitions, steps);
        double[] medians = new double[steps.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            using Step step = steps[i];
            medians[i] = report.Add("r-LSTM", step, times[i]);
            report.Find("milliseconds a time step", medians[i] / settings.Lengths[i], "ms", t: settings.Lengths[i]);
        }

        (double start, double slope, double deviation) = Line(settings.Lengths, medians);
        report.Find($"T {settings.Lengths[^1]:N0} / T {settings.Lengths[0]:N0}", Harness.Ratio(times[^1], times[0]), "×");
        report.Find("line a + b·T: a", start, "ms");
        report.Find("line a + b·T: b", slope, "ms", "a time step");
        report.Find("largest deviation from the line", 100 * deviation, "%");
    }

    /// <summary>The line with the least squared relative deviations.</summary>
    private static (double Start, double Slope, double Deviation) Line(int[] lengths, double[] times)
    {
        // Least squares of (a + b·T) / y − 1, with u = 1/y and v = T/y: a Σuu + b Σuv = Σu, a Σuv + b Σvv = Σv.
        double[] u = [.. times.Select(time => 1 / time)];
        double[] v = [.. times.Zip(lengths, (time, length) => length / time)];
        double dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
        double determinant = dot(u, u) * dot(v, v) - dot(u, v) * dot(u, v);
        double start = (u.Sum() * dot(v, v) - v.Sum() * dot(u, v)) / determinant;
        double slope = (v.Sum() * dot(u, u) - u.Sum() * dot(u, v)) / determinant;
        return (start, slope, u.Zip(v, (a, b) => Math.Abs(start * a + slope * b - 1)).Max());
    }
}
