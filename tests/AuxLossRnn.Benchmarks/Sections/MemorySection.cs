using System.Globalization;
using System.Text.Json;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The resident memory that one step needs beside libraries, weights and input, by the length of the sequence.</summary>
/// <remarks>Each number comes from a process of its own, because allocators keep what they once had.</remarks>
internal static class MemorySection
{
    private const double MiB = 1024 * 1024;

    public static void Measure(Settings settings, Report report)
    {
        if (!OperatingSystem.IsLinux())
        {
            report.Find("resident memory", double.NaN, "MiB", "it is read as Linux counts it");
            return;
        }

        StepRecipe truncated = settings.Joint;
        StepRecipe full = truncated with
        {
            Spec = truncated.Spec with { Model = ModelName.Lstm, Truncation = Truncation.Full, DropRate = 0 },
        };
        StepRecipe checkpointed = full with { Spec = full.Spec with { SegmentCheckpointing = true } };
        using (TrainingStep step = Steps.CreateTraining(full), other = Steps.CreateTraining(checkpointed))
        {
            JointSection.Agree("full backpropagation with segment checkpoints and without", step.DistanceTo(other), step.Shape, report);
        }

        // A shorter length shows the growth of what soon no longer fits.
        int[] more = [settings.Lengths[0] / 4, .. settings.Lengths];
        StepRecipe lstm = truncated with { Spec = truncated.Spec with { Model = ModelName.Lstm } };
        StepRecipe libtorch = full with { Compute = new ComputeOptions(FusedLstm: false, FoldedInput: false) };
        double small = Measure("LSTM, truncated", lstm, settings.Lengths, double.PositiveInfinity, report);
        double both = Measure("r-LSTM, truncated", truncated, settings.Lengths, double.PositiveInfinity, report);
        double kit = Measure("LSTM, full backpropagation", full, more, settings.LimitMiB, report);
        double plain = Measure("LSTM, full backpropagation, libtorch's LSTM", libtorch, more, settings.LimitMiB, report);
        report.Find("LSTM: full / truncated", kit / small, "×", "", settings.Lengths[^1]);
        report.Find("LSTM: full by libtorch / truncated", plain / small, "×", "", settings.Lengths[^1]);
        report.Find("full LSTM / truncated r-LSTM", kit / both, "×", "", settings.Lengths[^1]);
        report.Find("full LSTM by libtorch / truncated r-LSTM", plain / both, "×", "", settings.Lengths[^1]);
        Measure("LSTM, full backpropagation, every √T-th state kept", checkpointed, settings.Lengths, double.PositiveInfinity, report);
    }

    /// <returns>MiB at the last length.</returns>
    private static double Measure(string name, StepRecipe recipe, int[] lengths, double limit, Report report)
    {
        double last = 0;
        var measured = new List<(int T, double MiB)>();
        foreach (int length in lengths)
        {
            double expected = last = Expect(measured, length);
            if (expected > limit)
            {
                report.Find(name, expected, "MiB", $"extrapolated from the growth: more than {limit:N0} MiB is not tried", length);
                continue;
            }

            using var child = new Child(
                [], ChildProgram.Memory, JsonSerializer.Serialize<StepRecipe[]>([recipe with { T = length }], KitJson.Line), $"{TorchThreads.Count}", Steps.DeviceName);
            measured.Add((length, double.Parse(child.Ask(), CultureInfo.InvariantCulture) / MiB));
            last = measured[^1].MiB;
            report.Find(name, last, "MiB", t: length);
        }

        if (measured.Count > 1)
        {
            report.Find($"{name}: T {measured[^1].T:N0} / T {measured[0].T:N0}", measured[^1].MiB / measured[0].MiB, "×");
        }

        return last;
    }

    /// <summary>On the line through the last two lengths; 0 where there are not two yet.</summary>
    private static double Expect(List<(int T, double MiB)> measured, int length)
    {
        if (measured.Count < 2)
        {
            return 0;
        }

        ((int t0, double size0), (int t, double size)) = (measured[^2], measured[^1]);
        return size + (size - size0) / (t - t0) * (length - t);
    }
}
