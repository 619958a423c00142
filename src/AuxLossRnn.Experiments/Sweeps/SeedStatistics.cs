using MathNet.Numerics.Distributions;

namespace AuxLossRnn.Experiments.Sweeps;

/// <summary>What several seeds come to.</summary>
/// <param name="Count">The number of values n.</param>
/// <param name="Mean">Their mean; NaN without one.</param>
/// <param name="Deviation">Their standard deviation, with n − 1; null for fewer than two.</param>
/// <param name="Low">The lower end of the mean's 95 % interval (Student's t, n − 1 degrees of freedom); null for fewer than two.</param>
/// <param name="High">Its upper end.</param>
public sealed record SeedStatistics(int Count, double Mean, double? Deviation, double? Low, double? High)
{
    private const double UpperTail = 0.975; // of a two-sided 95 % interval

    /// <summary>The statistics of some values.</summary>
    /// <param name="values">One a seed.</param>
    public static SeedStatistics Of(IReadOnlyCollection<double> values)
    {
        int n = values.Count;
        double mean = n > 0 ? values.Average() : double.NaN;
        if (n < 2)
        {
            return new SeedStatistics(n, mean, null, null, null);
        }

        // s = √(Σ (x − x̄)² / (n − 1)),  x̄ ± t₀.₉₇₅(n − 1) · s / √n
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (n - 1));
        double half = StudentT.InvCDF(0, 1, n - 1, UpperTail) * deviation / Math.Sqrt(n);
        return new SeedStatistics(n, mean, deviation, mean - half, mean + half);
    }
}

/// <summary>Two rows of a sweep that differ in one axis, seed by seed.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="From">Its value in the one row.</param>
/// <param name="To">Its value in the other.</param>
/// <param name="Others">The labels that the two share.</param>
/// <param name="Seeds">The differences' statistics, in percentage points: the other row less the one, over the seeds that both have.</param>
public sealed record PairedDifference(string Axis, string From, string To, IReadOnlyDictionary<string, string> Others, SeedStatistics Seeds)
{
    /// <summary>Whether the interval leaves zero out. Only then is there a difference to speak of.</summary>
    public bool LeavesZeroOut => Seeds.Low > 0 || Seeds.High < 0;
}
