using AuxLossRnn.Runtime;

namespace AuxLossRnn.Training;

/// <summary>Which training examples make up a step's batch: a new random order each epoch.</summary>
/// <param name="examples">The number of training examples.</param>
/// <param name="batch">The batch size B.</param>
/// <param name="seed">The run's seed.</param>
public sealed class BatchOrder(int examples, int batch, long seed)
{
    private int _epoch = -1;
    private int[] _order = [];

    /// <summary>The examples of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public ReadOnlySpan<int> At(int step)
    {
        int size = Math.Min(batch, examples);
        int perEpoch = Math.Max(1, examples / batch);
        (int epoch, int position) = Math.DivRem(step, perEpoch);
        if (epoch != _epoch)
        {
            _order = new RandomStream(seed, RandomPurpose.Order, epoch).Permutation(examples);
            _epoch = epoch;
        }

        return _order.AsSpan(position * size, size);
    }
}
