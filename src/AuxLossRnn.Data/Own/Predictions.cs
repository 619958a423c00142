using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Data;

/// <summary>What a model takes some sequences for.</summary>
/// <param name="ClassNames">The name of each class, by its index.</param>
/// <param name="Probabilities">For each sequence the probability of each class.</param>
/// <param name="Labels">The true class of each sequence, by its index; −1 where it is unknown.</param>
/// <param name="SequenceNames">What each sequence is called where it came from, null where it has no name; null if none has.</param>
public sealed record Predictions(
    IReadOnlyList<string> ClassNames, IReadOnlyList<float[]> Probabilities, IReadOnlyList<int> Labels, IReadOnlyList<string?>? SequenceNames = null)
{
    /// <summary>The most probable class of each sequence, by its index.</summary>
    public IReadOnlyList<int> Classes { get; } = [.. Probabilities.Select(row => Array.IndexOf(row, row.Max()))];

    /// <summary>The most probable class of each sequence, by its name.</summary>
    public IReadOnlyList<string> Names => [.. Classes.Select(index => ClassNames[index])];

    /// <summary>The part of the sequences with known classes that is classified correctly, in [0, 1]; NaN if there are none.</summary>
    public double Accuracy => Classes.Zip(Labels)
        .Where(pair => pair.Second >= 0)
        .Select(pair => pair.First == pair.Second ? 1.0 : 0)
        .DefaultIfEmpty(double.NaN)
        .Average();

    /// <summary>Balanced accuracy, macro F1, log loss, calibration, and each class's precision and recall, of the sequences with known classes; null if there are none.</summary>
    public ClassMeasures? Measures => ClassMeasures.Of(ClassNames, Probabilities, Labels);

    /// <summary>How often each class was taken for which, by true class, then by predicted class; unknown classes are left out.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Confusion()
    {
        int[][] counts = [.. ClassNames.Select(_ => new int[ClassNames.Count])];
        foreach ((int predicted, int label) in Classes.Zip(Labels).Where(pair => pair.Second >= 0))
        {
            counts[label][predicted]++;
        }

        return counts;
    }
}
