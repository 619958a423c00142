using AuxLossRnn.Runtime;

namespace AuxLossRnn.Sequences;

/// <summary>Sets some training examples aside for validation; the paper has no such split of its own.</summary>
public static class HoldOut
{
    /// <summary>Splits 0 … <paramref name="count"/> − 1 at random into two sorted parts.</summary>
    /// <param name="count">The number of training examples.</param>
    /// <param name="fraction">The share to hold out, at least 0 and below 1; above 0 neither part is empty if there are two examples.</param>
    /// <param name="seed">The run's seed: the same seed always gives the same split.</param>
    /// <returns>The indices to train on and those to validate on, both ascending, disjoint and together everything.</returns>
    /// <exception cref="UserException">The fraction is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static (int[] Train, int[] Validation) Split(int count, double fraction, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!(fraction >= 0 && fraction < 1))
        {
            throw new UserException(
                $"A validation fraction of {fraction} is not possible: choose one of at least 0 (none held out) and below 1.");
        }

        int held = (int)Math.Round(count * fraction);
        if (fraction > 0 && count > 1)
        {
            held = Math.Clamp(held, 1, count - 1);
        }

        int[] order = new RandomStream(seed, RandomPurpose.Split).Permutation(count);
        int[] validation = order[..held];
        int[] train = order[held..];
        Array.Sort(validation);
        Array.Sort(train);
        return (train, validation);
    }
}
