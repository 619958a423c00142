using System.Globalization;
using AuxLossRnn.Runtime;
using Plotly.NET.LayoutObjects;
using static AuxLossRnn.Charts.Specification;

namespace AuxLossRnn.Charts;

/// <summary>Logarithmic axes with ticks at numbers that a reader knows, and the values that have a place on one.</summary>
internal static class LogarithmicAxis
{
    /// <summary>The ratio of two lengths whose labels have room beside each other, in a figure of the whole width.</summary>
    public const double WholeApart = 1.25;

    /// <summary>The same in a figure of half the width.</summary>
    public const double HalfApart = 1.6;

    /// <summary>A logarithmic axis whose ticks are the lengths themselves.</summary>
    public static LinearAxis OfLengths(
        string title, IEnumerable<double> lengths, double apart, params (string Name, object Value)[] more)
    {
        // From the longest down, lengths whose labels would touch the last one's are left out.
        List<double> places = [];
        foreach (double length in lengths.Distinct().OrderDescending())
        {
            if (places.Count == 0 || places[^1] / length >= apart)
            {
                places.Add(length);
            }
        }

        places.Reverse();
        return TickAxis(title, [.. places], [("tickangle", 0), .. more]);
    }

    /// <summary>A logarithmic axis with ticks at 1, 2, 5, 10 and so on around the values; beyond three decades at 1, 10, 100.</summary>
    public static LinearAxis OfCosts(string title, IEnumerable<double> values, params (string Name, object Value)[] more)
    {
        double[] positive = [.. values.Where(value => value > 0 && double.IsFinite(value)).DefaultIfEmpty(1)];
        (int first, int last) = ((int)Math.Floor(Math.Log10(positive.Min())), (int)Math.Ceiling(Math.Log10(positive.Max())));
        double[] digits = last - first > 3 ? [1] : [1, 2, 5];
        return TickAxis(
            title, [.. Enumerable.Range(first, last - first + 1).SelectMany(power => digits.Select(digit => digit * Math.Pow(10, power)))], more);
    }

    /// <summary>The value, or a gap instead of what has no place on a logarithmic axis, such as zero.</summary>
    public static double Positive(double value) => value > 0 ? value : double.NaN;

    /// <summary>Refuses lengths that have no place on a logarithmic axis.</summary>
    public static void Require(IEnumerable<double> values, string what)
    {
        foreach (double value in values)
        {
            if (!(value > 0))
            {
                throw new UserException(FormattableString.Invariant(
                    $"A {what} of {value} has no place on a logarithmic axis: give lengths above 0."));
            }
        }
    }

    private static LinearAxis TickAxis(string title, double[] places, params (string Name, object Value)[] more) => Axis(
        title,
        more: [("type", "log"), ("tickmode", "array"), ("tickvals", places), ("ticktext", places.Select(Thousands).ToArray()), .. more]);

    private static string Thousands(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
