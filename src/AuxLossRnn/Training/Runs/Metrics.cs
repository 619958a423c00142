using System.Text.Json.Serialization;

namespace AuxLossRnn.Training.Runs;

/// <summary>One training step, a line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Epoch">The pass over the training examples, from 0.</param>
/// <param name="Phase">The phase.</param>
/// <param name="LossSupervised">The supervised loss; null in pretraining.</param>
/// <param name="LossAuxiliary">The auxiliary losses' unweighted sum; null without one.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="GradientNorm">The Euclidean norm of all gradients before clipping.</param>
/// <param name="Milliseconds">The step's time. This and the next differ between equal runs, nothing else does.</param>
/// <param name="MillisecondsData">How much of it was spent waiting for the batch.</param>
/// <param name="Losses">Each auxiliary loss by its name, unweighted; null without one.</param>
public sealed record StepMetrics(
    [property: JsonPropertyName("step")] int Step,
    [property: JsonPropertyName("epoch")] int Epoch,
    [property: JsonPropertyName("phase")] TrainingPhase Phase,
    [property: JsonPropertyName("loss_supervised")] double? LossSupervised,
    [property: JsonPropertyName("loss_auxiliary")] double? LossAuxiliary,
    [property: JsonPropertyName("learning_rate")] double LearningRate,
    [property: JsonPropertyName("gradient_norm")] double GradientNorm,
    [property: JsonPropertyName("milliseconds")] double Milliseconds,
    [property: JsonPropertyName("milliseconds_data")] double MillisecondsData,
    [property: JsonPropertyName("losses"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyDictionary<string, double>? Losses = null);

/// <summary>One evaluation of one split, a line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">The steps done.</param>
/// <param name="Epoch">The pass over the training examples, from 0.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Split"><c>validation</c>, <c>test</c>, or <c>train</c> for a part of the training examples.</param>
/// <param name="Accuracy">The part of the examples classified correctly, in [0, 1].</param>
/// <param name="Loss">Cross-entropy, mean over the examples.</param>
/// <param name="Measures">Further measures; not in the line.</param>
public sealed record EvaluationMetrics(
    [property: JsonPropertyName("step")] int Step,
    [property: JsonPropertyName("epoch")] int Epoch,
    [property: JsonPropertyName("phase")] TrainingPhase Phase,
    [property: JsonPropertyName("split")] string Split,
    [property: JsonPropertyName("accuracy")] double Accuracy,
    [property: JsonPropertyName("loss")] double Loss,
    [property: JsonIgnore] ClassMeasures? Measures = null);
