using AuxLossRnn.Models;
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
            With: () => ChildStep.Start(joint, TorchThreads.Count),
            Without: () => ChildStep.Start(joint, TorchThreads.Count, new InstructionSet(InstructionSet.Own.Name, ("GLIBC_TUNABLES", "")))),
        Switched(
            "fused LSTM", "the kit's LSTM kernel instead of libtorch's, which reads projected inputs", joint,
            compute => compute with { FusedLstm = false, FoldedInput = false }),
        Switched("folded input", "the input projection folded into the kernel's weights", joint, compute => compute with { FoldedInput = false }),
        Switched(
            "folded input of libtorch", "the input projection folded into the weights of libtorch's LSTM", joint, new ComputeOptions(FusedLstm: false),
            compute => compute with { FoldedInput = false }),
        Switched("fused heads", "token losses and their gradients block by block in cache", joint, compute => compute with { FusedHead = false }),
        .. Steps.Precisions.Contains(Precision.BFloat16)
            ? [Switched("bfloat16", "operands of products rounded to bfloat16", joint, new ComputeOptions(Precision.BFloat16), _ => new ComputeOptions())]
            : Array.Empty<Optimisation>(),
    ];

    private static Optimisation Switched(string name, string description, StepRecipe joint, Func<ComputeOptions, ComputeOptions> off) =>
        Switched(name, description, joint, new ComputeOptions(), off);

    private static Optimisation Switched(
        string name, string description, StepRecipe joint, ComputeOptions with, Func<ComputeOptions, ComputeOptions> off) => new(
            name, description,
            With: () => Steps.Create(joint with { Compute = with }),
            Without: () => Steps.Create(joint with { Compute = off(with) }));

    /// <summary>Something the kit does to be fast.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Description">What it is.</param>
    /// <param name="With">Makes the step with it.</param>
    /// <param name="Without">Makes the step without it.</param>
    private sealed record Optimisation(string Name, string Description, Func<Step> With, Func<Step> Without);
}
