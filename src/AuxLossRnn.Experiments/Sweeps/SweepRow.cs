using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>The runs of one combination of values, one a seed.</summary>
/// <param name="Labels">The label of each axis, by the axis's name.</param>
/// <param name="Spec">What is trained, but for the seed.</param>
/// <param name="Results">The finished runs by their seeds.</param>
public sealed record SweepRow(IReadOnlyDictionary<string, string> Labels, ExperimentSpec Spec, IReadOnlyDictionary<long, MeasuredResult> Results)
{
    /// <summary>The test accuracies (%) of the last step, by seed.</summary>
    public IReadOnlyDictionary<long, double> Accuracies { get; } = Results.Where(one => one.Value.Summary.LastTest is not null)
        .ToDictionary(one => one.Key, one => 100 * one.Value.Summary.LastTest!.Value);

    /// <summary>Their statistics.</summary>
    public SeedStatistics Accuracy => SeedStatistics.Of([.. Accuracies.Values]);

    /// <summary>The labels in words.</summary>
    public override string ToString() => string.Join(", ", Labels.Select(one => $"{one.Key} {one.Value}"));
}
