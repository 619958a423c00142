using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>Means, deviations and intervals over seeds.</summary>
public sealed class SeedStatisticsTests
{
    /// <summary>
    /// 90, 92, 94, 96: x̄ = 372 / 4 = 93; Σ (x − x̄)² = 9 + 1 + 1 + 9 = 20; s = √(20 / 3) = 2.581989; by a table t₀.₉₇₅(3) = 3.182446;
    /// half = 3.182446 · 2.581989 / √4 = 4.108520.
    /// </summary>
    [Fact]
    public void Four_values_come_to_what_they_come_to_by_hand()
    {
        var four = SeedStatistics.Of([90, 92, 94, 96]);

        Assert.Equal(4, four.Count);
        Assert.Equal(93, four.Mean);
        Assert.Equal(2.581989, four.Deviation!.Value, 1e-6);
        Assert.Equal(93 - 4.108520, four.Low!.Value, 1e-5);
        Assert.Equal(93 + 4.108520, four.High!.Value, 1e-5);
    }

    [Fact]
    public void Without_a_value_there_is_no_mean_and_with_one_no_interval()
    {
        var none = SeedStatistics.Of([]);
        Assert.Equal((0, double.NaN, null, null, null), (none.Count, none.Mean, none.Deviation, none.Low, none.High));
        Assert.Equal(new SeedStatistics(1, 92.5, null, null, null), SeedStatistics.Of([92.5]));
    }

    [Fact]
    public void Identical_values_have_an_interval_of_one_point() =>
        Assert.Equal(new SeedStatistics(3, 92.5, 0, 92.5, 92.5), SeedStatistics.Of([92.5, 92.5, 92.5]));

    [Fact]
    public void The_interval_holds_95_percent_of_Students_t()
    {
        for (int n = 2; n <= 30; n++)
        {
            var random = new Random(n);
            double[] values = [.. Enumerable.Range(0, n).Select(_ => 80 + 10 * random.NextDouble())];
            var statistics = SeedStatistics.Of(values);

            // Welford's recurrence for mean and deviation.
            (double mean, double squares) = (0, 0);
            for (int i = 0; i < n; i++)
            {
                double away = values[i] - mean;
                mean += away / (i + 1);
                squares += away * (values[i] - mean);
            }

            double deviation = Math.Sqrt(squares / (n - 1));
            Assert.Equal(mean, statistics.Mean, 1e-10);
            Assert.Equal(deviation, statistics.Deviation!.Value, 1e-10);
            Assert.Equal(mean, (statistics.Low!.Value + statistics.High!.Value) / 2, 1e-9);
            double t = (statistics.High.Value - mean) * Math.Sqrt(n) / deviation;
            Assert.Equal(0.975, BelowStudent(t, n - 1), 1e-8);
        }
    }

    /// <summary>From 90, 91, 95 to 91, 93, 98: differences 1, 2, 3; mean 2, s = 1; t₀.₉₇₅(2) = 4.302653; half = 4.302653 / √3 = 2.484138: zero is within.</summary>
    [Fact]
    public void A_difference_goes_seed_by_seed()
    {
        PairedDifference difference = SweepResults.Difference("model", Row("lstm", 90, 91, 95), Row("r-lstm", 91, 93, 98));

        Assert.Equal(("model", "lstm", "r-lstm"), (difference.Axis, difference.From, difference.To));
        Assert.Equal("full", Assert.Single(difference.Others).Value);
        Assert.Equal(3, difference.Seeds.Count);
        Assert.Equal(2, difference.Seeds.Mean, 1e-9);
        Assert.Equal(1, difference.Seeds.Deviation!.Value, 1e-9);
        Assert.Equal(2 - 2.484138, difference.Seeds.Low!.Value, 1e-5);
        Assert.Equal(2 + 2.484138, difference.Seeds.High!.Value, 1e-5);
        Assert.False(difference.LeavesZeroOut);
    }

    /// <summary>Differences of ±2, ±2.5, ±3: half = 4.302653 · 0.5 / √3 = 1.242 &lt; 2.5.</summary>
    [Fact]
    public void A_difference_that_leaves_zero_out_does_so_both_ways()
    {
        (SweepRow low, SweepRow high) = (Row("lstm", 90, 91, 95), Row("r-lstm", 92, 93.5, 98));

        Assert.True(SweepResults.Difference("model", low, high).LeavesZeroOut);
        Assert.True(SweepResults.Difference("model", high, low).LeavesZeroOut);
    }

    [Fact]
    public void Only_seeds_that_both_rows_have_count()
    {
        SweepRow two = Row("lstm", 90, 91);
        SweepRow three = Row("r-lstm", 95, 95, 10);

        Assert.Equal([5, 4], [SweepResults.Difference("model", two, three).Seeds.Count * 2.5, SweepResults.Difference("model", Row("lstm", null, 91), three).Seeds.Mean]);
        Assert.False(SweepResults.Difference("model", Row("lstm", null, 91), three).LeavesZeroOut);
        Assert.Equal(0, SweepResults.Difference("model", Row("lstm", null, null), three).Seeds.Count);
    }

    [Fact]
    public void Equal_rows_have_a_difference_of_zero_that_leaves_nothing_out()
    {
        PairedDifference difference = SweepResults.Difference("model", Row("lstm", 90, 91), Row("lstm", 90, 91));

        Assert.Equal(new SeedStatistics(2, 0, 0, 0, 0), difference.Seeds);
        Assert.False(difference.LeavesZeroOut);
    }

    /// <summary>
    /// The part of Student's t below a value. With x = √ν · tan θ the density (1 + x²/ν)^(−(ν+1)/2) dx becomes cos^(ν−1) θ dθ, which
    /// Simpson's rule integrates from −π/2.
    /// </summary>
    private static double BelowStudent(double value, int freedom)
    {
        double integral(double to)
        {
            const int parts = 20_000;
            double from = -Math.PI / 2, step = (to - from) / parts, sum = 0;
            for (int i = 0; i <= parts; i++)
            {
                sum += (i == 0 || i == parts ? 1 : i % 2 == 1 ? 4 : 2) * Math.Pow(Math.Abs(Math.Cos(from + i * step)), freedom - 1);
            }

            return sum * step / 3;
        }

        return integral(Math.Atan(value / Math.Sqrt(freedom))) / integral(Math.PI / 2);
    }

    /// <summary>A row with these test accuracies (%) of the seeds 1, 2, …; null for a run without one.</summary>
    private static SweepRow Row(string model, params double?[] accuracies) => new(
        new Dictionary<string, string> { ["truncation"] = "full", ["model"] = model }, new ExperimentSpec(),
        accuracies.Index().ToDictionary(one => 1L + one.Index, one => Measured.Run(new ExperimentSpec { Seed = 1 + one.Index }, one.Item / 100)));
}
