using System.Reflection;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments;

/// <summary>
/// Settings to begin with on sequences of one's own, of which the paper knows nothing: those of the kit's studies on small images, in proportion to
/// the number and the length of the sequences.
/// </summary>
public static class OwnRecipe
{
    private const int Size = 64; // of hidden states and of batches, as in the studies
    private const int BatchesAtLeast = 4; // an epoch
    private const int PretrainSteps = 500;
    private const int JointSteps = 2000;
    private const int Evaluations = 20;

    /// <summary>Sets what nobody has set.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="given">The names of the properties that stay as they are.</param>
    /// <param name="data">What is to be trained on.</param>
    public static ExperimentSpec Complete(ExperimentSpec spec, IReadOnlyCollection<string> given, DatasetSplits data)
    {
        int batch = given.Contains(nameof(spec.Batch)) ? spec.Batch : 1 << (int)Math.Log2(Math.Clamp(data.Train.Count / BatchesAtLeast, 1, Size));
        int segment = given.Contains(nameof(spec.Segment)) ? spec.Segment : Math.Max(1, data.Train.Steps / 2);
        double steps = Math.Max(1, data.Train.Count / batch);
        double epochs = given.Contains(nameof(spec.Epochs)) ? spec.Epochs : Math.Max(4, Math.Ceiling(JointSteps / steps));
        bool symbols = data.Train.HasSymbols;
        (string Name, string Value)[] recipe =
        [
            (nameof(spec.Batch), $"{batch}"),
            (nameof(spec.Segment), $"{segment}"),
            (nameof(spec.AuxiliaryTruncation), $"{segment}"),
            (nameof(spec.Encoding), symbols ? "embedding" : "raw"),
            (nameof(spec.Hidden), $"{Size}"),
            (nameof(spec.Initialisation), "orthogonal"),
            (nameof(spec.AuxiliaryWeight), symbols ? "1" : "10"), // a squared error of [0, 1] is small beside a cross-entropy
            (nameof(spec.LearningRate), "0.002"),
            (nameof(spec.LearningRateSchedule), "cosine"),
            (nameof(spec.ClipNorm), "1"),
            (nameof(spec.PretrainEpochs), FormattableString.Invariant($"{Math.Max(1, Math.Ceiling(PretrainSteps / steps))}")),
            (nameof(spec.Epochs), FormattableString.Invariant($"{epochs}")),
            (nameof(spec.EvaluateEvery), $"{Math.Max(1, (int)(epochs * steps / Evaluations))}"),
        ];
        // Another model's own needs, such as an IRNN's rate, stand above the recipe.
        string[] needed = [.. SpecTable.Differences(new ExperimentSpec().WithModel(spec.Model)).Select(one => one.Name)];
        return SpecValues.Set(spec, [.. from one in recipe
                                        where !given.Contains(one.Name) && !needed.Contains(one.Name)
                                        select ((PropertyInfo)typeof(ExperimentSpec).GetProperty(one.Name)!, one.Value)]);
    }
}
