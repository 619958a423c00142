using AuxLossRnn.Sequences;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>The sets that a run is measured on.</summary>
/// <param name="data">The dataset.</param>
/// <param name="trainExamples">How many training examples are among them; null for none.</param>
/// <param name="device">Where the model is.</param>
internal sealed class EvaluationSets(DatasetSplits data, int? trainExamples, Device device)
{
    private readonly SequenceDataset? _train = trainExamples is int wanted ? Spread(data.Train, wanted) : null;

    /// <summary>Measures them all, or none where it is cancelled before it is complete.</summary>
    /// <param name="model">The model.</param>
    /// <param name="label">Turns a split's accuracy and loss into its line.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>Training part, validation, test; those without examples have no accuracy (NaN). Null if it was cancelled.</returns>
    public IReadOnlyList<EvaluationMetrics>? Run(
        AuxiliaryLossModel model, Func<string, double, double, EvaluationMetrics> label, CancellationToken cancellation)
    {
        EvaluationMetrics Measure(string split, SequenceDataset dataset)
        {
            (double accuracy, double loss, ClassMeasures? measures) = Evaluator.Measure(model, dataset, device, cancellation);
            return label(split, accuracy, loss) with { Measures = measures };
        }

        try
        {
            EvaluationMetrics validation = Measure(SplitNames.Validation, data.Validation);
            EvaluationMetrics test = Measure(SplitNames.Test, data.Test);
            return [.. _train is null ? [] : new[] { Measure(SplitNames.Train, _train) }, validation, test];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Evenly spaced examples: some datasets lie sorted by class.</summary>
    private static SequenceDataset Spread(SequenceDataset dataset, int wanted)
    {
        int count = Math.Min(wanted, dataset.Count);
        return dataset.Subset([.. Enumerable.Range(0, count).Select(i => (int)((long)i * dataset.Count / count))]);
    }
}

/// <summary>What the parts of a dataset are called in evaluations.</summary>
public static class SplitNames
{
    /// <summary>A part of the training examples.</summary>
    public const string Train = "train";

    /// <summary>The examples held out of the training set.</summary>
    public const string Validation = "validation";

    /// <summary>The test set.</summary>
    public const string Test = "test";
}
