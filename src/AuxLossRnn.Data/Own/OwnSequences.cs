using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;

namespace AuxLossRnn.Data;

/// <summary>
/// A reader's own sequences as they were read: real-valued channels, or tokens. <see cref="Split(double, double, long)"/> makes of
/// them what a <see cref="Trainer"/> takes, <see cref="TrainerPredictions.Predict(Trainer, OwnSequences)"/> classifies them.
/// </summary>
/// <remarks>Places in messages count from 0, as arrays do; lines and columns of a text file count from 1.</remarks>
public sealed partial class OwnSequences
{
    private const string Arrays = "arrays";

    private readonly double[]? _values; // the steps of all sequences one after the other, × F, of real channels
    private readonly byte[]? _levels; // the same, of tokens
    private readonly int[] _starts; // the first step of each sequence, and the number of all steps
    private string[]? _labels;
    private OwnSequences? _unlabelled;

    private OwnSequences(
        string source, double[]? values, byte[]? levels, IReadOnlyList<int> lengths, int features, string?[]? labels, bool lengthsDiffer = false,
        int? tokenLevels = null, string? alphabet = null, IReadOnlyList<string>? names = null, bool missing = false)
    {
        (Source, _values, _levels, Levels, Alphabet) = (source, values, levels, tokenLevels, alphabet);
        Names = names;
        (Count, Steps, Features, LengthsDiffer) = (lengths.Count, lengths.DefaultIfEmpty().Max(), features, lengthsDiffer);
        if (Count == 0 || Steps == 0 || Features == 0)
        {
            string none = Count == 0 ? "sequence" : Steps == 0 ? "step" : "channel";
            throw new UserException(
                $"{source} holds no {none}: its shape is [{Count}, {Steps}, {Features}]. Expected [sequences, steps, channels], each at least 1.");
        }

        for (int i = 0; i < Count; i++)
        {
            if (lengths[i] == 0)
            {
                throw new UserException($"Sequence {i} of {source} has no step. Leave it and its label out.");
            }
        }

        _starts = Starts(lengths);
        _labels = Checked(labels);
        RequireFinite(missing);
    }

    /// <summary>Where they came from: a file, or <c>arrays</c>.</summary>
    public string Source { get; }

    /// <summary>What the file was taken for, such as an ARFF file; <c>arrays</c> for those.</summary>
    public string TakenFor { get; private set; } = Arrays;

    /// <summary>How missing values are filled and channels are scaled where these are trained on.</summary>
    public SequencePreparation Preparation { get; private set; } = new();

    /// <summary>The number of sequences.</summary>
    public int Count { get; }

    /// <summary>The time steps T; the longest's where lengths differ.</summary>
    public int Steps { get; }

    /// <summary>Whether they were given as sequences whose lengths may differ.</summary>
    public bool LengthsDiffer { get; private set; }

    /// <summary>The features F of a step.</summary>
    public int Features { get; }

    /// <summary>The name of each sequence: an image's path below the folder, what the long form of a table calls it, or what <see cref="WithNames"/> gave; null for others.</summary>
    public IReadOnlyList<string>? Names { get; private set; }

    /// <summary>The number of levels of tokens; null for real channels.</summary>
    internal int? Levels { get; }

    /// <summary>The character of each level; null where tokens are no characters.</summary>
    internal string? Alphabet { get; }

    /// <summary>The time steps of one sequence.</summary>
    /// <param name="sequence">Which one.</param>
    public int Length(int sequence) => _starts[sequence + 1] - _starts[sequence];

    /// <summary>The values of one step, <c>[F]</c>.</summary>
    internal ReadOnlySpan<double> ValuesAt(int sequence, int step) => _values.AsSpan((_starts[sequence] + step) * Features, Features);

    /// <summary>The tokens of one step, <c>[F]</c>.</summary>
    internal ReadOnlySpan<byte> LevelsAt(int sequence, int step) => _levels.AsSpan((_starts[sequence] + step) * Features, Features);

    /// <summary>A step's channel as a message calls it.</summary>
    internal string Place(int sequence, int step, int channel) => Place((_starts[sequence] + step) * Features + channel);

    /// <summary>The classes of some sequences: numbers by their size, then other names by their characters.</summary>
    internal string[] ClassNames(IReadOnlyList<int> sequences)
    {
        string[] names = [.. InOrder(sequences.Select(i => _labels![i]).Distinct(StringComparer.Ordinal))];
        return names.Length > 1
            ? names
            : throw new UserException(
                $"{Source} has sequences of one class only, '{names.FirstOrDefault()}': there is nothing to tell apart. Give at least two classes.");
    }

    /// <summary>The SHA-256 of some sequences' classes, lengths and values, in hexadecimal: other data of the same shape have another.</summary>
    /// <param name="sequences">Which ones.</param>
    /// <param name="single">Of the values as 32-bit floats, as earlier versions kept them.</param>
    internal string Sha256(IReadOnlyList<int> sequences, bool single = false)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int i in sequences)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{_labels?[i]}\0{Length(i)}\0"));
            (int from, int count) = (_starts[i] * Features, Length(i) * Features);
            hash.AppendData(
                _values is null ? _levels.AsSpan(from, count)
                : single ? MemoryMarshal.AsBytes<float>(_values.AsSpan(from, count).ToArray().Select(value => (float)value).ToArray())
                : MemoryMarshal.AsBytes(_values.AsSpan(from, count)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The class of each sequence as an index into some names; −1 without labels.</summary>
    internal int[] Indices(IReadOnlyList<string> names)
    {
        if (_labels is null)
        {
            return [.. Enumerable.Repeat(-1, Count)];
        }

        var index = names.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        return [.. _labels.Select((label, i) => index.TryGetValue(label, out int known)
            ? known
            : throw new UserException(
                $"Sequence {i} of {Source} has the class '{label}', which the training part does not have. Its classes are {string.Join(", ", names)}."))];
    }

    /// <summary>The same with the levels that training had: characters by its alphabet, others as they are.</summary>
    internal OwnSequences Translated(SequenceFormat format)
    {
        if (_levels is null || (Alphabet == format.Alphabet && Levels <= format.Levels))
        {
            return this;
        }

        if (Alphabet is null != format.Alphabet is null)
        {
            throw new UserException(
                $"{Source} holds {(Alphabet is null ? "numbers" : "characters")}, but the network was trained on "
                + $"{(Alphabet is null ? "characters" : "numbers")} ({format.Source}). Give the same kind of tokens.");
        }

        var known = (format.Alphabet ?? "").EnumerateRunes().Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        Rune[] mine = [.. (Alphabet ?? "").EnumerateRunes()];
        byte[] levels = new byte[_levels.Length];
        for (int at = 0; at < levels.Length; at++)
        {
            int level = Alphabet is null ? _levels[at] : known.GetValueOrDefault(mine[_levels[at]], -1);
            if (level < 0 || level >= format.Levels)
            {
                string token = Alphabet is null ? $"the token {level}" : $"the character '{mine[_levels[at]]}'";
                string expected = Alphabet is null ? $"levels 0 … {format.Levels - 1}" : $"the characters {format.Alphabet}";
                throw new UserException(
                    $"{Place(at)} of {Source} is {token}, but the network was trained on {expected} ({format.Source})."
                    + (Alphabet is null ? " Say levels: when reading both." : " Leave it out, or train on sequences that hold it."));
            }

            levels[at] = (byte)level;
        }

        int[] lengths = [.. Enumerable.Range(0, Count).Select(Length)];
        return new OwnSequences(Source, null, levels, lengths, Features, _labels, LengthsDiffer, format.Levels, format.Alphabet, Names);
    }

    private string?[]? CountedLabels(string?[]? labels) => labels is null || labels.Length == Count
        ? labels
        : throw new UserException($"There are {labels.Length} labels for the {Count} sequences of {Source}. Give one label a sequence.");

    private string[]? Checked(string?[]? labels)
    {
        if (CountedLabels(labels) is not string?[] counted)
        {
            return null;
        }

        string[] names = [.. counted.Select((label, i) => string.IsNullOrWhiteSpace(label)
            ? throw new UserException($"The label of sequence {i} of {Source} is empty. Give it a class, or leave the sequence out.")
            : label)];
        string[]? alike = names.Distinct(StringComparer.Ordinal).GroupBy(Look, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.ToArray();
        return alike is null
            ? names
            : throw new UserException(
                $"{Source} has classes that look alike: {string.Join(", ", alike.Select(name => $"'{name}'"))}. If they are one class, give it one name; if not, "
                + "names that differ in more than spaces and upper and lower case.");
    }

    // A single letter may be a class of letters, of which the upper and the lower are two.
    private static string Look(string label)
    {
        string name = label.Trim();
        return name.Length == 1 ? name : name.ToUpperInvariant();
    }

    private string Place(int at) => Place(at, _starts, Features);

    private static string Place(int at, int[] starts, int features)
    {
        (int step, int channel) = Math.DivRem(at, features);
        int sequence = Array.FindLastIndex(starts, start => start <= step);
        string place = $"{(features == 1 ? "" : $"channel {channel} in ")}step {step - starts[sequence]} of sequence {sequence}";
        return char.ToUpperInvariant(place[0]) + place[1..];
    }

    private static int[] Starts(IReadOnlyList<int> lengths)
    {
        int[] starts = new int[lengths.Count + 1];
        for (int i = 0; i < lengths.Count; i++)
        {
            starts[i + 1] = checked(starts[i] + lengths[i]);
        }

        return starts;
    }
}
