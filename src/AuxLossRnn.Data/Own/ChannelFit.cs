using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>The numbers that a channel is scaled by, in 64-bit floats.</summary>
internal static class ChannelFit
{
    private const double Low = 0.05;
    private const double High = 0.95;
    private const int FewestLevels = 1 << 8; // that a channel must have as 32-bit floats between its smallest and its largest value

    /// <summary>What is subtracted from a channel, and what it is divided by then; 0 where all of it is read as 0.</summary>
    /// <param name="scaling">How.</param>
    /// <param name="values">The training part's values that are not missing.</param>
    /// <param name="minimum">The smallest of them.</param>
    /// <param name="maximum">The largest of them.</param>
    public static (double Offset, double Divisor) Of(ChannelScaling scaling, IEnumerable<double> values, double minimum, double maximum)
    {
        switch (scaling)
        {
            case ChannelScaling.Standard:
                return Moments(values);
            case ChannelScaling.Quantiles:
                double[] sorted = [.. values.Order()];
                (double low, double high) = (Quantile(sorted, Low), Quantile(sorted, High));
                return high > low ? (low, high - low) : (minimum, maximum - minimum);
            case ChannelScaling.None:
                float most = (float)Math.Max(Math.Abs(minimum), Math.Abs(maximum));
                double apart = MathF.BitIncrement(most) - (double)most;
                return (maximum > minimum && maximum - minimum < FewestLevels * apart ? minimum : 0, 1);
            default:
                return (minimum, maximum - minimum);
        }
    }

    /// <summary>The mean and the standard deviation; (0, 0) without values. They are summed less the first: a large number does not swallow small changes.</summary>
    /// <param name="values">The values.</param>
    public static (double Mean, double Deviation) Moments(IEnumerable<double> values)
    {
        double first = 0, mean = 0, squares = 0;
        int count = 0;
        foreach (double value in values)
        {
            first = count == 0 ? value : first;
            count++;
            double ahead = value - first - mean; // Welford's recurrence
            mean += ahead / count;
            squares += ahead * (value - first - mean);
        }

        return (first + mean, Math.Sqrt(squares / Math.Max(1, count)));
    }

    /// <summary>A quantile of sorted values, on the line between the two nearest.</summary>
    private static double Quantile(double[] sorted, double part)
    {
        double place = part * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (sorted[below + 1] - sorted[below]) * (place - below) : sorted[below];
    }
}
