using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>What the kit does to be fast, with and without.</summary>
internal static class OptimisationsSection
{
    public static void Measure(Settings settings, Report report)
    {
        foreach (Optimisation optimisation in List(settings.Joint))
        {
            using Step without = optimisation.Without(), with = optimisation.With();
            double[][] times = Harness.Interleave(settings.Repetitions, without, with);
            report.Add($"without {optimisation.Name}", without, times[0]);
            report.Add($"with {optimisation.Name}", with, times[1]);
            report.Find($"without / with {optimisation.Name}", Harness.Ratio(times[0], times[1]), "×", optimisation.Description);
        }
    }

    private static Optimisation[] List(StepRecipe joint) =>
    [
        new(
            "large pages", "the heap in pages of 2 MiB, where Linux gives them on request",
            With: () => new ChildStep(joint, TorchThreads.Count),
            Without: () => new ChildStep(joint, TorchThreads.Count, ("GLIBC_TUNABLES", ""))),
    ];

    /// <summary>Something the kit does to be fast.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Description">What it is.</param>
    /// <param name="With">Makes the step with it.</param>
    /// <param name="Without">Makes the step without it.</param>
    private sealed record Optimisation(string Name, string Description, Func<Step> With, Func<Step> Without);
}
