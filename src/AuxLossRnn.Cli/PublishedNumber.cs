using System.Globalization;
using AuxLossRnn.Experiments;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Cli;

/// <summary>The paper's number for a run of a preset, as long as the run is still that experiment.</summary>
public static class PublishedNumber
{
    // How long is trained, on how much, with which draws, and what is looked at on the way; checkpointing changes the memory alone.
    private static readonly string[] Budget =
    [
        nameof(ExperimentSpec.Seed), nameof(ExperimentSpec.Steps), nameof(ExperimentSpec.Epochs), nameof(ExperimentSpec.EvaluateEvery),
        nameof(ExperimentSpec.CheckpointEvery), nameof(ExperimentSpec.TrainLimit), nameof(ExperimentSpec.TestLimit),
        nameof(ExperimentSpec.ValidationFraction), nameof(ExperimentSpec.EvaluateTrain), nameof(ExperimentSpec.SegmentCheckpointing),
    ];

    /// <summary>The number in a sentence, or why it is not shown.</summary>
    /// <param name="preset">The preset's name.</param>
    /// <param name="planned">The preset at its budget.</param>
    /// <param name="run">What was run.</param>
    /// <returns>Null where the paper has no number for the preset.</returns>
    public static string? Sentence(string preset, ExperimentSpec planned, ExperimentSpec run)
    {
        if (PublishedResults.Find(preset) is not PublishedResult published)
        {
            return null;
        }

        string[] changed = [.. Changes(planned, run)];
        return changed.Length > 0
            ? $"The paper's number for {preset} is not shown: with {string.Join(", ", changed)} changed, the run is another experiment."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The paper's {published.Note}: {published.Accuracy:0.0} % at the paper's budget (standing {published.Standing}; see docs/unknowns.md).");
    }

    private static IEnumerable<string> Changes(ExperimentSpec planned, ExperimentSpec run) =>
        from difference in SpecTable.Differences(run, planned)
        where !Budget.Contains(difference.Name) && !UnusedSettings.Of(run).Contains(difference.Name)
        // Pretraining may be longer or shorter; with none it is what Figure 6 leaves out.
        where difference.Name != nameof(ExperimentSpec.PretrainEpochs) || run.PretrainEpochs > 0 != planned.PretrainEpochs > 0
        select SpecValues.OptionOf(typeof(ExperimentSpec).GetProperty(difference.Name)!);
}
