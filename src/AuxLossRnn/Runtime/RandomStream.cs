namespace AuxLossRnn.Runtime;

/// <summary>What a stream of random numbers is for; each purpose has a stream of its own.</summary>
public enum RandomPurpose
{
    /// <summary>The order of the training examples; one stream an epoch.</summary>
    Order = 1,

    /// <summary>Anchors and segment starts; one stream a step.</summary>
    Anchors,

    /// <summary>Masks of DropConnect and Dropout; one stream a step.</summary>
    Regularisation,

    /// <summary>Which training examples are held out for validation.</summary>
    Split,

    /// <summary>Initial weights.</summary>
    Weights,

    /// <summary>Drawing of synthetic examples; one stream an example.</summary>
    Drawing,

    /// <summary>Crops and mirrorings that enlarge a set of photographs; one stream an image made.</summary>
    Enlargement,

    /// <summary>Anchors of predictions in a run that reconstructs as well; one stream a step.</summary>
    LaterAnchors,

    /// <summary>Which training examples keep their labels.</summary>
    Labels,

    /// <summary>The order of the unlabelled examples beside the labelled ones; one stream an epoch.</summary>
    UnlabelledOrder,
}

/// <summary>A seeded stream of random numbers (SplitMix64) that is the same on every platform and version.</summary>
/// <remarks>
/// A stream is a pure function of the seed, its purpose and an index such as the step, so a run that resumes at step n
/// draws what the uninterrupted run drew at step n, with no state to save.
/// </remarks>
public sealed class RandomStream
{
    private ulong _state;

    /// <summary>Opens a stream.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="index">The step, epoch or example.</param>
    public RandomStream(long seed, RandomPurpose purpose, long index = 0)
    {
        _state = (ulong)seed;
        _state = NextUInt64() ^ ((ulong)purpose << 56);
        _state = NextUInt64() ^ (ulong)index;
        _state = NextUInt64();
    }

    private RandomStream(ulong state) => _state = state;

    /// <summary>A stream that draws what this one would draw from here on.</summary>
    public RandomStream Clone() => new(_state);

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        // Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014.
        ulong z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound.</param>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias.</summary>
    /// <param name="bound">The exclusive upper bound, at least 1.</param>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);

        // Lemire's multiplication method: reject the few products that would favour some results.
        ulong threshold = (0UL - (ulong)bound) % (ulong)bound;
        while (true)
        {
            ulong high = Math.BigMul(NextUInt64(), (ulong)bound, out ulong low);
            if (low >= threshold)
            {
                return (int)high;
            }
        }
    }

    /// <summary>A standard normal number (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>A seed for another generator.</summary>
    public long NextSeed() => (long)(NextUInt64() >> 1);

    /// <summary>A random order of 0 … <paramref name="count"/> − 1.</summary>
    /// <param name="count">How many.</param>
    public int[] Permutation(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        Shuffle(order);
        return order;
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    /// <param name="items">What to shuffle.</param>
    /// <typeparam name="TItem">The items' type.</typeparam>
    public void Shuffle<TItem>(Span<TItem> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
