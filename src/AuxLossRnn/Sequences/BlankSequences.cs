using static TorchSharp.torch;

namespace AuxLossRnn.Sequences;

/// <summary>Zeros of a dataset's shape, where only the cost of reading them counts.</summary>
/// <param name="count">The number of sequences.</param>
/// <param name="steps">The time steps T.</param>
/// <param name="features">The features F of a step.</param>
/// <param name="classes">The number of classes C.</param>
public sealed class BlankSequences(int count, int steps, int features, int classes) : SequenceDataset
{
    /// <inheritdoc/>
    public override int Count => count;

    /// <inheritdoc/>
    public override int Steps => steps;

    /// <inheritdoc/>
    public override int Features => features;

    /// <inheritdoc/>
    public override int Classes => classes;

    /// <inheritdoc/>
    public override int Label(int index) => index % classes;

    /// <inheritdoc/>
    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        long[] labels = [.. indices.ToArray().Select(index => (long)Label(index))];
        return new SequenceBatch(
            zeros(steps, labels.Length, features), // [T, B, F]
            zeros(steps, labels.Length, features, dtype: ScalarType.Byte), // [T, B, F]
            tensor(labels), // [B]
            tensor([.. Enumerable.Repeat((long)steps, labels.Length)])); // [B]
    }
}
