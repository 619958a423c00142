using System.Text.Json.Serialization;

namespace AuxLossRnn.Training.Runs;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>All steps are done.</summary>
    Finished,

    /// <summary>It was interrupted, with a checkpoint to resume from.</summary>
    Interrupted,
}

/// <summary>What a run came to: the content of <c>summary.json</c>.</summary>
/// <remarks>
/// The paper reports one accuracy and used no validation split, so three are kept apart here. Accuracies lie in
/// [0, 1] and are null where the run never evaluated.
/// </remarks>
/// <param name="Status">How it ended.</param>
/// <param name="Steps">The steps done.</param>
/// <param name="Parameters">The number of weights of the model.</param>
/// <param name="LastTest">The test accuracy after the last step.</param>
/// <param name="LastValidation">The validation accuracy after the last step.</param>
/// <param name="BestOnValidation">The test accuracy at the step that was best on validation.</param>
/// <param name="BestOnValidationStep">That step.</param>
/// <param name="BestOnTest">The best test accuracy of all evaluations: an optimistic number.</param>
/// <param name="BestOnTestStep">Its step.</param>
/// <param name="WallSeconds">The time spent, over all resumptions.</param>
/// <param name="PeakMemoryBytes">The largest resident size of the last process.</param>
/// <param name="DataShare">The part of the steps' time spent waiting for data, in [0, 1]; null before the first step.</param>
/// <param name="TestMeasures">What the test accuracy after the last step does not say; null without one, and in a run of an earlier version.</param>
public sealed record RunSummary(
    RunStatus Status,
    int Steps,
    long Parameters,
    double? LastTest,
    double? LastValidation,
    double? BestOnValidation,
    int? BestOnValidationStep,
    double? BestOnTest,
    int? BestOnTestStep,
    double WallSeconds,
    long PeakMemoryBytes,
    double? DataShare,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ClassMeasures? TestMeasures = null);
