using System.Globalization;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <content>Missing values, and what is known of each channel.</content>
public sealed partial class OwnSequences
{
    private const int FewestLevels = 1 << 8; // that large numbers must have between their smallest and their largest
    private const int ToldPlaces = 10;

    /// <summary>Whether values are missing.</summary>
    public bool HasMissing { get; private set; }

    /// <summary>The same sequences, to be filled and scaled in another way when they are trained on.</summary>
    /// <param name="preparation">How missing values are filled and channels are scaled.</param>
    /// <exception cref="UserException">These are tokens, which are neither missing nor scaled.</exception>
    public OwnSequences WithPreparation(SequencePreparation preparation)
    {
        if (_values is null && preparation != new SequencePreparation())
        {
            throw new UserException($"{Source} holds tokens, which are neither filled nor scaled. Leave the preparation out, or give real values.");
        }

        var copy = (OwnSequences)MemberwiseClone();
        copy.Preparation = preparation;
        return copy;
    }

    /// <summary>The same sequences with a name each, which predictions tell them by.</summary>
    /// <param name="names">The names, one a sequence.</param>
    /// <exception cref="UserException">There are more or fewer names than sequences.</exception>
    public OwnSequences WithNames(IReadOnlyList<string> names)
    {
        var copy = (OwnSequences)MemberwiseClone();
        copy.Names = names.Count == Count ? [.. names] : throw new UserException($"There are {names.Count} names for the {Count} sequences of {Source}. Give one name a sequence.");
        return copy;
    }

    /// <summary>The names of a table's columns of values, in order: in a row a step the channels'; null without a header and for other files.</summary>
    public IReadOnlyList<string>? Columns { get; private set; }

    /// <summary>Whether each sequence has a class.</summary>
    public bool IsLabelled => _labels is not null;

    /// <summary>The same sequences without their classes.</summary>
    public OwnSequences WithoutLabels()
    {
        var copy = (OwnSequences)MemberwiseClone();
        copy._labels = null;
        return copy;
    }

    /// <summary>The places of missing values, in the order of the sequences, as messages call them.</summary>
    public IEnumerable<string> MissingPlaces() => HasMissing
        ? _values!.Index().Where(value => double.IsNaN(value.Item)).Select(value => Place(value.Index))
        : [];

    /// <summary>The same with missing values filled as a network's format says.</summary>
    /// <exception cref="UserException">Values are missing, and the format refuses them.</exception>
    internal OwnSequences Filled(SequenceFormat format)
    {
        if (!HasMissing)
        {
            return this;
        }

        RequireWhole(format.Preparation, "The network was trained so that missing values are refused: fill them in, leave these sequences out, or train with another ‹Missing›.");
        double[] values = [.. _values!];
        for (int i = 0; i < Count; i++)
        {
            for (int f = 0; f < Features; f++)
            {
                Fill(values, i, f, format.Fill![f], format.Preparation.Missing == MissingValues.Interpolated);
            }
        }

        return new OwnSequences(Source, values, null, [.. Enumerable.Range(0, Count).Select(Length)], Features, _labels, LengthsDiffer, names: Names);
    }

    /// <summary>Refuses missing values where they are to be refused.</summary>
    internal void RequireWhole(SequencePreparation preparation, string cure)
    {
        if (HasMissing && preparation.Missing == MissingValues.Refused)
        {
            string[] places = [.. MissingPlaces()];
            string more = places.Length > ToldPlaces ? $" and {places.Length - ToldPlaces:N0} more places" : "";
            throw new UserException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Source} lacks {places.Length:N0} values: {string.Join("; ", places.Take(ToldPlaces).Select(place => char.ToLowerInvariant(place[0]) + place[1..]))}{more}. {cure}"));
        }
    }

    /// <summary>The smallest and the largest value of each channel in some sequences; null for tokens.</summary>
    internal (double[]? Minimum, double[]? Maximum) Range(IReadOnlyList<int> sequences)
    {
        if (_values is null)
        {
            return (null, null);
        }

        double[] minimum = [.. Enumerable.Repeat(double.PositiveInfinity, Features)];
        double[] maximum = [.. Enumerable.Repeat(double.NegativeInfinity, Features)];
        for (int f = 0; f < Features; f++)
        {
            foreach (double value in Known(sequences, f))
            {
                minimum[f] = Math.Min(minimum[f], value);
                maximum[f] = Math.Max(maximum[f], value);
            }

            if (minimum[f] > maximum[f])
            {
                throw new UserException($"Channel {f} of {Source} has no value at all in the sequences to train on. Leave the channel out.");
            }

            if (double.IsInfinity(maximum[f] - minimum[f]))
            {
                throw new UserException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Channel {f} of {Source} reaches from {minimum[f]} to {maximum[f]}, farther than a 64-bit float can tell. Scale it down."));
            }

            // Times in nanoseconds, for instance, are 256 apart as 64-bit floats.
            double most = Math.Max(Math.Abs(minimum[f]), Math.Abs(maximum[f]));
            double apart = Math.BitIncrement(most) - most;
            if (apart > 1 && maximum[f] - minimum[f] < FewestLevels * apart)
            {
                throw new UserException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Channel {f} of {Source} reaches from {minimum[f]:R} to {maximum[f]:R}, where 64-bit floats are {apart} apart: what changes in it may be lost. "
                    + $"Subtract a number near them, such as the first, before it is read."));
            }
        }

        return (minimum, maximum);
    }

    /// <summary>The values of a channel that are not missing.</summary>
    /// <param name="sequences">In which sequences.</param>
    /// <param name="channel">Which channel.</param>
    internal IEnumerable<double> Known(IEnumerable<int> sequences, int channel)
    {
        foreach (int i in sequences)
        {
            for (int at = _starts[i] * Features + channel; at < _starts[i + 1] * Features; at += Features)
            {
                if (!double.IsNaN(_values![at]))
                {
                    yield return _values[at];
                }
            }
        }
    }

    private void Fill(double[] values, int sequence, int channel, double without, bool interpolate)
    {
        int end = _starts[sequence + 1] * Features;
        int last = -1; // where the last value stands
        for (int at = _starts[sequence] * Features + channel; at < end; at += Features)
        {
            if (!double.IsNaN(values[at]))
            {
                last = at;
                continue;
            }

            int next = at;
            while (interpolate && next < end && double.IsNaN(values[next]))
            {
                next += Features;
            }

            bool ahead = interpolate && next < end;
            values[at] = last < 0 ? ahead ? values[next] : without
                : ahead ? values[last] + (values[next] - values[last]) * ((double)(at - last) / (next - last))
                : values[last];
            last = interpolate ? at : last;
        }
    }

    private void RequireFinite(bool missing)
    {
        for (int at = 0; at < (_values?.Length ?? 0); at++)
        {
            if (double.IsFinite(_values![at]))
            {
                continue;
            }

            HasMissing = true;
            if (!missing || !double.IsNaN(_values[at]))
            {
                int end = _starts.First(start => start * Features > at) * Features;
                string padding = double.IsNaN(_values[at]) && _values.AsSpan(at, end - at).IndexOfAnyExcept(double.NaN) < 0
                    ? $" So is all that follows: if it only fills the sequence up, {(Source == Arrays ? "leave it out and say" : "say")} lengthsDiffer: true."
                    : "";
                string filled = double.IsNaN(_values[at]) ? " If values are missing, say missing: true, and WithPreparation tells how to fill them." : "";
                throw new UserException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Place(at)} of {Source} is {_values[at]}, which is no finite number. Replace it, or leave the sequence out.{padding}{filled}"));
            }
        }
    }
}
