using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Training;

/// <summary>Which training examples make up a step's batch: a new random order each epoch.</summary>
/// <remarks>
/// Where lengths differ, 50 batches at a time are sorted by length before they are cut, so that a batch's examples are
/// nearly equally long and little of it is padding; then the epoch's batches are shuffled.
/// </remarks>
/// <param name="examples">The number of training examples.</param>
/// <param name="batch">The batch size B.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="length">The length of an example; null where all are equal.</param>
/// <param name="purpose">The stream that orders are drawn from.</param>
public sealed class BatchOrder(
    int examples, int batch, long seed, Func<int, int>? length = null, RandomPurpose purpose = RandomPurpose.Order)
{
    // More leave less padding, fewer mix better: what meets in a batch differs from epoch to epoch all the same.
    private const int BatchesSortedTogether = 50;

    private int _epoch = -1;
    private int[] _order = [];

    /// <summary>The order of a dataset's examples, by length where its lengths differ.</summary>
    /// <param name="dataset">The training examples.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="seed">The run's seed.</param>
    public static BatchOrder Of(SequenceDataset dataset, int batch, long seed)
    {
        bool equal = Enumerable.Range(0, dataset.Count).All(index => dataset.Length(index) == dataset.Steps);
        return new BatchOrder(dataset.Count, batch, seed, equal ? null : dataset.Length);
    }

    /// <summary>The examples of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public ReadOnlySpan<int> At(int step)
    {
        int size = Math.Min(batch, examples);
        int perEpoch = Math.Max(1, examples / batch);
        (int epoch, int position) = Math.DivRem(step, perEpoch);
        if (epoch != _epoch)
        {
            var stream = new RandomStream(seed, purpose, epoch);
            _order = stream.Permutation(examples);
            if (length is not null)
            {
                _order = ByLength(_order.AsSpan(0, perEpoch * size), size, stream);
            }

            _epoch = epoch;
        }

        return _order.AsSpan(position * size, size);
    }

    private int[] ByLength(ReadOnlySpan<int> order, int size, RandomStream stream)
    {
        int[] sorted = order.ToArray();
        int together = BatchesSortedTogether * size;
        for (int from = 0; from < sorted.Length; from += together)
        {
            Span<int> chunk = sorted.AsSpan(from, Math.Min(together, sorted.Length - from));
            // Equal lengths stay in their random order: the sort is stable.
            chunk.ToArray().OrderBy(length!).ToArray().CopyTo(chunk);
        }

        int[] batches = stream.Permutation(sorted.Length / size);
        return [.. batches.SelectMany(one => sorted.Skip(one * size).Take(size))];
    }
}
