namespace AuxLossRnn.Benchmarks;

/// <summary>Repeats steps.</summary>
internal static class Harness
{
    private const int WarmUps = 2;

    /// <summary>Times some steps in turn (A B A B …), so that what disturbs the machine for a while disturbs all of them.</summary>
    /// <returns>Milliseconds: for each step its repetitions.</returns>
    public static double[][] Interleave(int repetitions, params IReadOnlyList<Step> steps)
    {
        foreach (Step step in steps)
        {
            for (int n = 0; n < WarmUps; n++)
            {
                step.Time();
            }
        }

        double[][] times = [.. steps.Select(_ => new double[repetitions])];
        for (int n = 0; n < repetitions; n++)
        {
            for (int i = 0; i < steps.Count; i++)
            {
                times[i][n] = steps[i].Time();
            }
        }

        return times;
    }

    /// <summary>The median of the pairs' ratios.</summary>
    /// <param name="first">Times.</param>
    /// <param name="second">Times, each taken right after the one of the same index.</param>
    public static double Ratio(double[] first, double[] second) => Median([.. first.Zip(second, (a, b) => a / b)]);

    /// <summary>The median; of an even number of values the mean of the two middle ones.</summary>
    public static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
