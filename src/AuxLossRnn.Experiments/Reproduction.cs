using System.Globalization;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using MathNet.Numerics.Distributions;

namespace AuxLossRnn.Experiments;

/// <summary>A committed result that is to be trained again, with what else is known of its spread.</summary>
/// <param name="Name">Its name: that of its file in <c>data/results</c>, or a study and a number of its plan, such as <c>reach/5</c>.</param>
/// <param name="Committed">The result.</param>
/// <param name="Alike">All committed results whose configs differ from it by the seed at most, itself among them.</param>
public sealed record Reproduction(string Name, MeasuredResult Committed, IReadOnlyList<MeasuredResult> Alike)
{
    private const double UpperTail = 0.975; // of a two-sided 95 % interval

    /// <summary>Finds a committed result.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="data">The folder that holds <c>results</c> and <c>studies</c>, <c>data</c> in the repository.</param>
    /// <exception cref="UserException">There is none; the message names the nearest.</exception>
    public static Reproduction Find(string name, string data)
    {
        (string Name, MeasuredResult Result)[] all = [.. ResultTables.ReadResults(Path.Combine(data, "results")), .. Studies(Path.Combine(data, "studies"))];
        MeasuredResult? found = all.FirstOrDefault(one => one.Name == name).Result;
        if (found is null)
        {
            string[] nearest = [.. all.Select(one => one.Name).OrderByDescending(known => known.Contains(name, StringComparison.OrdinalIgnoreCase))
                .ThenBy(known => Presets.EditDistance(known, name)).ThenBy(known => known, StringComparer.Ordinal).Take(5)];
            throw new UserException($"There is no committed result '{name}' in {Path.GetFullPath(data)}. The nearest are {string.Join(", ", nearest)}.");
        }

        ExperimentSpec alike = Sweep.Canonical(found.Config) with { Seed = 0 };
        return new Reproduction(name, found, [.. all.Select(one => one.Result).Prepend(found).Where(one => Sweep.Canonical(one.Config) with { Seed = 0 } == alike).DistinctBy(one => one.Config.Seed)]);
    }

    /// <summary>Whether a run of the same config came out within the spread of what is committed.</summary>
    /// <param name="again">The run.</param>
    /// <param name="testExamples">The test examples that it was measured on.</param>
    /// <returns>The verdict, and a sentence with the numbers that it rests on.</returns>
    /// <exception cref="UserException">One of the two has no test accuracy.</exception>
    public (bool Within, string Sentence) Compare(MeasuredResult again, int testExamples)
    {
        double expected = Committed.Summary.LastTest ?? throw new UserException($"The result {Name} has no test accuracy to compare with.");
        double got = again.Summary.LastTest ?? throw new UserException("The run has no test accuracy: it was not evaluated.");
        string both = $"committed {Percent(expected)}, now {Percent(got)} at the last step";
        if (got == expected)
        {
            return (true, $"The same to the digit: {both}.");
        }

        double[] seeds = [.. Alike.Select(one => one.Summary.LastTest).OfType<double>()];
        if (seeds.Length >= 3)
        {
            // Another run lies within x̄ ± t₀.₉₇₅(n − 1) · s · √(1 + 1/n) in 95 of 100 cases.
            SeedStatistics statistics = SeedStatistics.Of(seeds);
            double half = StudentT.InvCDF(0, 1, seeds.Length - 1, UpperTail) * statistics.Deviation!.Value * Math.Sqrt(1 + 1.0 / seeds.Length);
            bool within = Math.Abs(got - statistics.Mean) <= half;
            return (within, $"{Verdict(within)} the spread of {seeds.Length} committed seeds, of which another run lies within {Percent(statistics.Mean - half)} to {Percent(statistics.Mean + half)} in 95 of 100 cases: {both}.");
        }

        // The error of counting alone, for the difference of two counts: ±1.96 · √(2 p (1 − p) / N).
        double counting = Normal.InvCDF(0, 1, UpperTail) * Math.Sqrt(2 * expected * (1 - expected) / testExamples);
        bool close = Math.Abs(got - expected) <= counting;
        return (close, $"{Verdict(close)} the counting error of {testExamples.ToString("N0", CultureInfo.InvariantCulture)} test examples, ±{(100 * counting).ToString("0.0", CultureInfo.InvariantCulture)} points. "
            + $"The spread over seeds is not known: {seeds.Length} {(seeds.Length == 1 ? "seed is" : "seeds are")} committed, 3 are needed. {char.ToUpperInvariant(both[0])}{both[1..]}.");
    }

    private static IEnumerable<(string Name, MeasuredResult Result)> Studies(string folder)
    {
        string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal)] : [];
        foreach (string file in files)
        {
            Sweep sweep = SweepFile.Read(file);
            if (!File.Exists(SweepResults.PathOf(sweep)))
            {
                continue;
            }

            var kept = SweepResults.Read(SweepResults.PathOf(sweep)).ToLookup(one => Sweep.Canonical(one.Config));
            foreach (SweepPoint point in sweep.Points)
            {
                if (kept[point.Spec].FirstOrDefault() is MeasuredResult result)
                {
                    yield return ($"{sweep.Name}/{point.Index}", result);
                }
            }
        }
    }

    private static string Verdict(bool within) => within ? "Within" : "Outside";

    private static string Percent(double part) => (100 * part).ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
