using System.Diagnostics;
using System.Text.Json.Serialization;

namespace AuxLossRnn.Training.Runs;

/// <summary>Where a run stands, besides its weights and its optimiser: kept in each checkpoint.</summary>
public sealed record TrainingProgress
{
    /// <summary>The steps done.</summary>
    public int Step { get; init; }

    /// <summary>Whether the sets are still to be evaluated at this step.</summary>
    public bool EvaluationDue { get; init; }

    /// <summary>The length of <c>metrics.jsonl</c> at this step, in bytes.</summary>
    public long MetricsBytes { get; init; }

    /// <summary>The seconds spent so far.</summary>
    public double WallSeconds { get; init; }

    /// <summary>The seconds of all steps together, without evaluations and checkpoints.</summary>
    public double StepSeconds { get; init; }

    /// <summary>How many of these were spent waiting for batches.</summary>
    public double DataSeconds { get; init; }

    /// <summary>The last accuracies, validation and test.</summary>
    public double? LastValidation { get; init; }

    /// <summary>The last test accuracy.</summary>
    public double? LastTest { get; init; }

    /// <summary>The best validation accuracy.</summary>
    public double? BestValidation { get; init; }

    /// <summary>The test accuracy at that step.</summary>
    public double? BestOnValidation { get; init; }

    /// <summary>That step.</summary>
    public int? BestOnValidationStep { get; init; }

    /// <summary>The best test accuracy.</summary>
    public double? BestOnTest { get; init; }

    /// <summary>Its step.</summary>
    public int? BestOnTestStep { get; init; }

    /// <summary>What the last test accuracy does not say.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClassMeasures? TestMeasures { get; init; }

    /// <summary>What the losses want to be kept besides their weights, by name; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? LossStates { get; init; }

    /// <summary>The progress after a step.</summary>
    /// <param name="done">The steps done.</param>
    /// <param name="evaluates">Whether the sets are evaluated now.</param>
    /// <param name="took">The step's time.</param>
    /// <param name="waited">How much of it was spent waiting for the batch.</param>
    public TrainingProgress Stepped(int done, bool evaluates, TimeSpan took, TimeSpan waited) => this with
    {
        Step = done,
        EvaluationDue = evaluates,
        StepSeconds = StepSeconds + took.TotalSeconds,
        DataSeconds = DataSeconds + waited.TotalSeconds,
    };

    /// <summary>The progress after an evaluation.</summary>
    /// <param name="validation">The validation accuracy; NaN if there is no validation set.</param>
    /// <param name="test">The test accuracy; NaN if there is no test set.</param>
    public TrainingProgress Evaluated(double validation, double test)
    {
        TrainingProgress next = this with
        {
            EvaluationDue = false,
            LastTest = Known(test),
            LastValidation = Known(validation),
        };
        if (!double.IsNaN(validation) && !(validation <= BestValidation))
        {
            next = next with { BestValidation = validation, BestOnValidation = Known(test), BestOnValidationStep = Step };
        }

        return double.IsNaN(test) || test <= BestOnTest ? next : next with { BestOnTest = test, BestOnTestStep = Step };
    }

    /// <summary>What the run has come to.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="parameters">The number of weights.</param>
    public RunSummary Summary(RunStatus status, long parameters) => new(
        status, Step, parameters, LastTest, LastValidation, BestOnValidation, BestOnValidationStep, BestOnTest, BestOnTestStep,
        WallSeconds, Process.GetCurrentProcess().PeakWorkingSet64, StepSeconds > 0 ? DataSeconds / StepSeconds : null, TestMeasures);

    private static double? Known(double accuracy) => double.IsNaN(accuracy) ? null : accuracy;
}
