using System.Numerics;

namespace AuxLossRnn.Kernels.Tests;

/// <summary>Arrays of random numbers, as the kernels read them and in float64.</summary>
internal static unsafe class Numbers
{
    /// <summary>Numbers from −1 to 1 that float32 holds exactly, so that both types read the same.</summary>
    /// <param name="random">Where they come from.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">What they are multiplied by.</param>
    public static double[] Draw(Random random, int count, double scale = 1) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)((2 * random.NextDouble() - 1) * scale))];

    /// <summary>The same numbers where the garbage collector does not move them.</summary>
    public static T[] Pinned<T>(double[] numbers)
        where T : unmanaged, INumber<T>
    {
        T[] pinned = GC.AllocateArray<T>(numbers.Length, pinned: true);
        for (int i = 0; i < pinned.Length; i++)
        {
            pinned[i] = T.CreateChecked(numbers[i]);
        }

        return pinned;
    }

    /// <summary>Pinned zeros, as many as there are numbers.</summary>
    public static T[] Zeros<T>(double[] like)
        where T : unmanaged => GC.AllocateArray<T>(like.Length, pinned: true);

    /// <summary>Where a pinned array lies.</summary>
    public static T* Address<T>(T[] pinned)
        where T : unmanaged
    {
        fixed (T* address = pinned)
        {
            return address;
        }
    }

    /// <summary>As <see cref="Slices.Of"/>, but without asking libtorch for its threads.</summary>
    public static (int First, int Count)[] Divide(int rows, int slices, int unit)
    {
        Slices.Wanted = slices;
        try
        {
            return [.. Slices.Of(rows, unit)];
        }
        finally
        {
            Slices.Wanted = null;
        }
    }

    /// <summary>Every result lies within a tolerance, relative to the largest number of its array if that exceeds 1.</summary>
    public static void AssertClose<T>(Dictionary<string, double[]> expected, Dictionary<string, T[]> actual, double tolerance)
        where T : unmanaged, INumber<T>
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, double[] numbers) in expected)
        {
            double allowed = tolerance * Math.Max(1, numbers.Max(Math.Abs));
            Assert.Equal(numbers.Length, actual[name].Length);
            for (int i = 0; i < numbers.Length; i++)
            {
                double difference = Math.Abs(double.CreateChecked(actual[name][i]) - numbers[i]);
                if (!(difference <= allowed)) // what is not a number differs, too
                {
                    Assert.Fail($"{name}[{i}] is {actual[name][i]} instead of {numbers[i]}, off by {difference} > {allowed}.");
                }
            }
        }
    }
}
