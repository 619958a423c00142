using AuxLossRnn.Models;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The kit's joint step of the r-LSTM against a straightforward one and against its floor, with each instruction set.</summary>
internal static class JointSection
{
    private const double Tolerance = 1e-3;

    /// <exception cref="InvalidOperationException">The two do not compute the same.</exception>
    public static void Measure(Settings settings, Report report)
    {
        foreach (int threads in Steps.ThreadCounts)
        {
            Company[] companies = [.. InstructionSet.All.Select(set => Start(settings, set, threads))];
            foreach (Company company in companies)
            {
                // The plain step is the first, the kit's in float32 the second.
                Agree("the kit's step and the straightforward one", company.Steps[1].DistanceTo(company.Steps[0]), company.Steps[1].Shape, report);
            }

            ChildStep[] all = [.. companies.SelectMany(company => company.Steps)];
            var times = all.Zip(Harness.Interleave(threads == 1 ? settings.Repetitions : settings.Pairs, all)).ToDictionary(pair => (Step)pair.First, pair => pair.Second);
            foreach (Company company in companies)
            {
                Report(company, times, report);
                company.Steps[0].Dispose();
            }
        }
    }

    /// <summary>Checks that two steps compute the same loss and gradients, and says so.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public static void Agree(string both, (double Loss, double Gradient) distance, StepShape shape, Report report)
    {
        if (!(distance.Loss <= Tolerance && distance.Gradient <= Tolerance))
        {
            throw new InvalidOperationException(
                $"With {shape.Instructions}, {both} do not compute the same: the losses differ by a part of {distance.Loss}, "
                + $"the gradients by {distance.Gradient}. At most {Tolerance} is expected.");
        }

        report.Find("relative difference of the losses", distance.Loss, "1", "without dropped weights", shape);
        report.Find("relative difference of the gradients", distance.Gradient, "1", "norm over all weights", shape);
    }

    private static Company Start(Settings settings, InstructionSet set, int threads)
    {
        StepRecipe plain = settings.Joint with { Straightforward = true };
        StepRecipe[][] kits = [.. set.Precisions.Select(precision =>
            (StepRecipe[])[settings.Joint with { Compute = new ComputeOptions(precision) }, .. Floor.Recipes(settings, precision)])];
        return new Company(ChildStep.Start([plain, .. kits.SelectMany(kit => kit)], threads, set), kits[0].Length);
    }

    private static void Report(Company company, Dictionary<Step, double[]> times, Report report)
    {
        ChildStep plain = company.Steps[0];
        report.Add("straightforward", plain, times[plain]);
        foreach (ChildStep[] members in company.Steps.Skip(1).Chunk(company.OfKit))
        {
            (ChildStep kit, ChildStep[] speeds) = (members[0], members[1..]);
            report.Add("kit", kit, times[kit]);
            report.Find("straightforward / kit", Harness.Ratio(times[plain], times[kit]), "×", "median of pairs", kit.Shape);
            double[] floors = Floor.Add(kit.Shape, speeds, [.. speeds.Select(speed => times[speed])], report);
            report.Find("floor / kit", Harness.Ratio(floors, times[kit]), "×", "median of pairs", kit.Shape);
        }
    }

    /// <summary>The steps of one process.</summary>
    /// <param name="Steps">The straightforward one, and for each number format the kit's and what its floor is measured by.</param>
    /// <param name="OfKit">How many those are.</param>
    private sealed record Company(ChildStep[] Steps, int OfKit);
}
