using AuxLossRnn.Sequences;

namespace AuxLossRnn.Training;

/// <summary>How the sequences of a training set are spread over its classes.</summary>
public static class ClassBalance
{
    /// <summary>The sequences of each class.</summary>
    /// <param name="train">The training set.</param>
    public static int[] Counts(SequenceDataset train)
    {
        ILookup<int, int> sequences = Enumerable.Range(0, train.Count).ToLookup(train.Label);
        return [.. Enumerable.Range(0, train.Classes).Select(label => sequences[label].Count())];
    }

    /// <summary>N / (C · N_c) of the C classes that occur: with these weights each counts the same in the mean.</summary>
    internal static float[] Weights(SequenceDataset train)
    {
        int[] counts = Counts(train);
        double mean = (double)counts.Sum() / counts.Count(count => count > 0);
        return [.. counts.Select(count => count > 0 ? (float)(mean / count) : 0)];
    }
}
