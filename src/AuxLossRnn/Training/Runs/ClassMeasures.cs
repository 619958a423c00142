using System.Text.Json.Serialization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Training.Runs;

/// <summary>How well some sequences were classified: what the accuracy does not say where classes differ in size, and what the probabilities are worth.</summary>
/// <param name="Accuracy">The part classified correctly, in [0, 1].</param>
/// <param name="BalancedAccuracy">The mean recall of the classes that occur.</param>
/// <param name="MacroF1">The mean F1 of the classes that occur or were predicted.</param>
/// <param name="LogLoss">The mean of −ln of the true class's probability, of which none counts as less than 1e-38.</param>
/// <param name="CalibrationError">The expected calibration error (Guo et al. 2017): |accuracy − confidence| of the bins, weighted by their sequences.</param>
/// <param name="Classes">Each class.</param>
/// <param name="Confusion">How often each class was taken for which, by true class, then by predicted class.</param>
/// <param name="Calibration">The bins of the calibration error, tenths of [0, 1], that hold a sequence.</param>
public sealed record ClassMeasures(
    double Accuracy, double BalancedAccuracy, double MacroF1, double LogLoss, double CalibrationError,
    [property: JsonConverter(typeof(OnOneLine<ClassScore[]>))] IReadOnlyList<ClassScore> Classes,
    [property: JsonConverter(typeof(OnOneLine<int[][]>))] IReadOnlyList<IReadOnlyList<int>> Confusion,
    [property: JsonConverter(typeof(OnOneLine<CalibrationBin[]>))] IReadOnlyList<CalibrationBin> Calibration)
{
    /// <summary>Measures some predictions; null where no class is known.</summary>
    /// <param name="names">The name of each class.</param>
    /// <param name="probabilities">For each sequence the probability of each class.</param>
    /// <param name="labels">The true class of each sequence; −1, where it is unknown, is left out.</param>
    public static ClassMeasures? Of(IReadOnlyList<string> names, IEnumerable<float[]> probabilities, IEnumerable<int> labels)
    {
        var known = probabilities.Zip(labels).Where(one => one.Second >= 0).Select(one => (
            Label: one.Second, Class: Array.IndexOf(one.First, one.First.Max()), Sure: (double)one.First.Max(), True: (double)one.First[one.Second])).ToArray();
        if (known.Length == 0)
        {
            return null;
        }

        var pairs = known.CountBy(one => (one.Label, one.Class)).ToDictionary();
        int[][] confusion = [.. names.Select((_, label) => names.Select((_, taken) => pairs.GetValueOrDefault((label, taken))).ToArray())];
        ClassScore[] classes = [.. names.Select((name, c) => ClassScore.Of(name, confusion[c][c], confusion[c].Sum(), confusion.Sum(row => row[c])))];
        CalibrationBin[] bins = [.. known.GroupBy(one => Math.Min((int)((float)one.Sure * 10), 9)).OrderBy(bin => bin.Key).Select(bin => new CalibrationBin(
            bin.Key / 10.0, bin.Count(), bin.Average(one => one.Sure), bin.Average(one => one.Label == one.Class ? 1.0 : 0)))];
        return new ClassMeasures(
            known.Average(one => one.Label == one.Class ? 1.0 : 0), classes.Average(one => one.Recall)!.Value, classes.Average(one => one.F1)!.Value,
            known.Average(one => -Math.Log(Math.Max(one.True, 1e-38))),
            bins.Sum(bin => bin.Count * Math.Abs(bin.Accuracy - bin.Confidence)) / known.Length, classes, confusion, bins);
    }
}

/// <summary>One class: its sequences, the part of what was taken for it that is of it, the part of it that was found, and their harmonic mean; null where there is nothing to divide by.</summary>
public sealed record ClassScore(string Name, int Count, double? Precision, double? Recall, double? F1)
{
    internal static ClassScore Of(string name, double correct, int count, int predicted) =>
        new(name, count, Part(correct, predicted), Part(correct, count), Part(2 * correct, count + predicted));

    private static double? Part(double some, int all) => all > 0 ? some / all : null;
}

/// <summary>The sequences whose predicted class had a probability in the tenth of [0, 1] that begins at <paramref name="From"/>: their number, that probability's mean, and the part classified correctly.</summary>
public sealed record CalibrationBin(double From, int Count, double Confidence, double Accuracy);
