using System.Globalization;

namespace AuxLossRnn.Data;

/// <content>A look at what was read.</content>
public sealed partial class OwnSequences
{
    private SequenceSurvey? _survey;

    /// <summary>Counts, lengths, classes, ranges and what is missing.</summary>
    public SequenceSurvey Survey() => _survey ??= Surveyed();

    /// <summary>The class of a sequence; null without labels.</summary>
    /// <param name="sequence">Which one.</param>
    public string? Label(int sequence) => _labels?[sequence];

    /// <summary>A channel of a sequence, step by step: values as they were read, NaN where they are missing, or the levels of tokens.</summary>
    /// <param name="sequence">Which one.</param>
    /// <param name="channel">Which channel.</param>
    public double[] Channel(int sequence, int channel) =>
        [.. Enumerable.Range(0, Length(sequence)).Select(step => _values is null ? LevelsAt(sequence, step)[channel] : ValuesAt(sequence, step)[channel])];

    private SequenceSurvey Surveyed()
    {
        int[] all = [.. Enumerable.Range(0, Count)];
        int[] lengths = [.. all.Select(Length)];
        Dictionary<string, int>? counts = _labels?.CountBy(label => label, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return new SequenceSurvey(
            TakenFor, Count, lengths.Min(), lengths.Max(), _starts[^1],
            counts is null ? null : [.. InOrder(counts.Keys).Select(name => (name, counts[name]))],
            [.. Enumerable.Range(0, Features).Select(f => Surveyed(all, f))]);
    }

    private ChannelSurvey Surveyed(int[] all, int channel)
    {
        IEnumerable<double> values = _values is null ? all.SelectMany(i => Channel(i, channel)) : Known(all, channel);
        (double low, double high, long known) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        foreach (double value in values)
        {
            (low, high, known) = (Math.Min(low, value), Math.Max(high, value), known + 1);
        }

        (double mean, double deviation) = ChannelFit.Moments(values);
        return known == 0
            ? new ChannelSurvey(double.NaN, double.NaN, double.NaN, double.NaN, _starts[^1])
            : new ChannelSurvey(low, high, mean, deviation, _starts[^1] - known);
    }

    /// <summary>Names of classes: numbers by their size, then others by their characters.</summary>
    private static IOrderedEnumerable<string> InOrder(IEnumerable<string> names) => names
        .OrderBy(name => long.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue)
        .ThenBy(name => name, StringComparer.Ordinal);
}
