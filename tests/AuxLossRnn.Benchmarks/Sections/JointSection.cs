using AuxLossRnn.Models;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The kit's joint step of the r-LSTM against a straightforward one.</summary>
internal static class JointSection
{
    private const double Tolerance = 1e-3;

    /// <exception cref="InvalidOperationException">The two do not compute the same.</exception>
    public static void Measure(Settings settings, Report report)
    {
        using TrainingStep kit = Steps.CreateTraining(settings.Joint);
        using TrainingStep plain = Steps.CreateTraining(settings.Joint with { Straightforward = true });
        Agree(kit, plain, report);

        TrainingStep[] steps = [plain, .. Steps.Precisions.Select(precision =>
            Steps.CreateTraining(settings.Joint with { Compute = new ComputeOptions(precision) }))];
        double[][] times = Harness.Interleave(settings.Pairs, steps);
        report.Add("straightforward", plain, times[0]);
        for (int i = 1; i < steps.Length; i++)
        {
            report.Add("kit", steps[i], times[i]);
            report.Find("straightforward / kit", Harness.Ratio(times[0], times[i]), "×", $"{steps[i].Shape.Precision}");
            steps[i].Dispose();
        }
    }

    /// <summary>Checks that two steps compute the same loss and gradients, and says so.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public static void Agree(TrainingStep step, TrainingStep other, Report report)
    {
        (double loss, double gradient) = step.DistanceTo(other);
        if (!(loss <= Tolerance && gradient <= Tolerance))
        {
            throw new InvalidOperationException(
                $"{step.GetType().Name} and {other.GetType().Name} do not compute the same: the losses differ by a part of {loss}, "
                + $"the gradients by {gradient}. At most {Tolerance} is expected.");
        }

        report.Find("relative difference of the losses", loss, "1", "without dropped weights", step.Shape.T);
        report.Find("relative difference of the gradients", gradient, "1", "norm over all weights", step.Shape.T);
    }
}
