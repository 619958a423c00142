using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Sequences;

/// <summary>
/// How a network reads a reader's own sequences: fitted to the training part, then the same for every other part and for
/// new sequences. A run folder keeps it as <c>data.json</c>.
/// </summary>
/// <remarks>
/// Real channels are scaled as <see cref="Preparation"/> says, unless it says otherwise each from its smallest to its largest value in the
/// training part to [0, 1], as pixels are; values outside that range stay outside [0, 1]. A channel that never changes there is read as 0, whatever
/// its values are elsewhere. As levels (embeddings, cross-entropy) they are rounded to 256 of them, and cut to [0, 1]. Tokens are not scaled:
/// level i of n is read as i / (n − 1).
/// </remarks>
/// <param name="Source">Where the sequences came from: a file, or <c>arrays</c>.</param>
/// <param name="Split">How the parts were chosen.</param>
/// <param name="Steps">The time steps T; the longest's where lengths differ.</param>
/// <param name="Features">The features F of a step, the mark of missing values among them.</param>
/// <param name="ClassNames">The name of each class, by its index.</param>
/// <param name="Levels">The levels that tokens take; 256 for real channels.</param>
/// <param name="Alphabet">The character of each level, where tokens are characters; null elsewhere.</param>
/// <param name="Minimum">The smallest value of each channel in the training part, <c>[channels]</c>; null for tokens.</param>
/// <param name="Maximum">The largest value of each channel in the training part, <c>[channels]</c>; null for tokens.</param>
/// <param name="LengthsDiffer">Whether sequences may have any length; otherwise they have <paramref name="Steps"/>.</param>
/// <param name="TrainingSha256">The SHA-256 of the training part's classes, lengths and values; null where an earlier version kept none.</param>
public sealed record SequenceFormat(
    string Source, string Split, int Steps, int Features, IReadOnlyList<string> ClassNames, int Levels, string? Alphabet,
    IReadOnlyList<double>? Minimum, IReadOnlyList<double>? Maximum, bool LengthsDiffer = false, string? TrainingSha256 = null)
{
    /// <summary>How missing values are filled and channels are scaled.</summary>
    public SequencePreparation Preparation { get; init; } = new();

    /// <summary>The names of a table's columns of values, which other tables must have in this order; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What is subtracted from each channel, <c>[channels]</c>; null where each sequence has its own, for tokens and for <see cref="ChannelScaling.Unit"/>.</summary>
    public IReadOnlyList<double>? Offset { get; init; }

    /// <summary>What each channel is divided by after that, <c>[channels]</c>; 0 where all is read as 0. Null where <see cref="Offset"/> is.</summary>
    public IReadOnlyList<double>? Divisor { get; init; }

    /// <summary>The training part's mean of each channel, <c>[channels]</c>, for missing values that have no other; null where they are refused.</summary>
    public IReadOnlyList<double>? Fill { get; init; }

    /// <summary>The channels that sequences have, without the mark of missing values.</summary>
    [JsonIgnore]
    public int Channels => Features - (Preparation.Missing == MissingValues.Marked ? 1 : 0);

    /// <summary>The hash that earlier versions kept, which read values as 32-bit floats; null in a record that was read from a file.</summary>
    [JsonIgnore]
    public string? EarlierSha256 { get; init; }

    /// <summary>Whether a record is of the same data, whichever version wrote it and wherever the data lay.</summary>
    /// <param name="other">The record, with the hash of the values that are at hand.</param>
    /// <param name="but">What differs: null, or whether that is nothing but the values and labels of the training part.</param>
    internal bool IsOf(SequenceFormat other, out bool? but)
    {
        // The same data may lie elsewhere by now; an earlier version kept no hash, or that of values rounded to 32 bits.
        SequenceFormat here = this with { Source = other.Source, Columns = Columns is null ? null : other.Columns, Minimum = Rounded(Minimum, other.Minimum), Maximum = Rounded(Maximum, other.Maximum) };
        bool alike = Text(here with { TrainingSha256 = null }) == Text(other with { TrainingSha256 = null });
        bool equal = alike && (TrainingSha256 is null || TrainingSha256 == other.TrainingSha256 || TrainingSha256 == other.EarlierSha256);
        but = equal ? null : alike;
        return equal;

        static string Text(SequenceFormat format) => JsonSerializer.Serialize(format, KitJson.Indented);

        static IReadOnlyList<double>? Rounded(IReadOnlyList<double>? mine, IReadOnlyList<double>? others) =>
            mine is not null && others is not null && mine.Select(value => (float)value).SequenceEqual(others.Select(value => (float)value)) ? others : mine;
    }

    /// <summary>What a record read from a file lacks or cannot hold, as the end of a sentence; null for a sound one.</summary>
    internal string? Defect() =>
        Source is null || Split is null ? "it has no source or no split"
        : ClassNames is not { Count: > 1 } || ClassNames.Contains(null!) ? "class_names must be two or more names"
        : Steps < 1 || Features < 1 ? $"steps is {Steps} and features is {Features}, but must be at least 1"
        : Levels is < 2 or > SequenceDataset.ByteLevels ? $"levels is {Levels}, but must be 2 to {SequenceDataset.ByteLevels}"
        : Preparation is null ? "it has no preparation"
        : new[] { Minimum, Maximum, Offset, Divisor, Fill }.Any(one => one is not null && one.Count != Channels) || Minimum is null != Maximum is null
            ? $"minimum, maximum, offset, divisor and fill must be {Channels} numbers each, or null; minimum and maximum are null for tokens alone"
        : Minimum is not null && ((Offset is null || Divisor is null) != Preparation.Scaling is ChannelScaling.Unit or ChannelScaling.PerSequence
            || Fill is null != (Preparation.Missing == MissingValues.Refused)) ? "offset, divisor and fill do not fit preparation"
        : Alphabet?.EnumerateRunes().Count() > Levels ? $"alphabet has more characters than the {Levels} levels"
        : null;

    /// <summary>A few lines for a reader.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Source}: sequences of {(LengthsDiffer ? "at most " : "")}{Steps} steps, {Features} channels");
        text.AppendLine(CultureInfo.InvariantCulture, $"classes: {string.Join(", ", ClassNames.Select((name, index) => $"{index} = {name}"))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"parts: {Split}");
        if (Minimum is null || Maximum is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"tokens of {Levels} levels{(Alphabet is null ? "" : $": {Alphabet}")}");
        }
        else
        {
            text.Append(Preparation.Missing switch
            {
                MissingValues.CarriedForward => "missing values carried forward, ",
                MissingValues.Interpolated => "missing values interpolated, ",
                MissingValues.Marked => "missing values carried forward and marked in one more channel, ",
                _ => "",
            });
            text.Append(Preparation.Scaling switch
            {
                ChannelScaling.Standard => "scaled to mean 0 and deviation 1; the training part reaches ",
                ChannelScaling.Quantiles => "scaled to [0, 1] from the training part's 5 % and 95 % quantiles; it reaches ",
                ChannelScaling.PerSequence => "scaled to mean 0 and deviation 1 in each sequence; the training part reaches ",
                ChannelScaling.None => "not scaled; the training part reaches ",
                _ => "scaled to [0, 1] from the training part's ",
            });
            text.AppendJoin(", ", Minimum.Zip(Maximum, (low, high) => string.Create(CultureInfo.InvariantCulture, $"{low:G5} … {high:G5}")));
        }

        return text.ToString();
    }
}
