using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <content>From arrays.</content>
public sealed partial class OwnSequences
{
    /// <summary>Real values, one channel: <c>sequences[i][t]</c>.</summary>
    /// <param name="sequences">The sequences, of any type of number.</param>
    /// <param name="labels">The classes, an <c>int[]</c> or a <c>string[]</c>; none for sequences to predict.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <param name="missing">Whether NaN is a missing value, to be filled as <see cref="WithPreparation"/> says; otherwise it is refused.</param>
    /// <typeparam name="TNumber">The type of number; it is kept as 64-bit float.</typeparam>
    /// <exception cref="UserException">Lengths differ, a value is no finite number, a label is missing, or there is nothing.</exception>
    public static OwnSequences FromArrays<TNumber>(TNumber[][] sequences, SequenceLabels labels = default, bool lengthsDiffer = false, bool missing = false)
        where TNumber : struct, INumber<TNumber>
    {
        int[] lengths = Lengths(sequences, "steps", lengthsDiffer);
        return new OwnSequences(
            Arrays, Doubles<TNumber>(sequences.SelectMany(sequence => sequence).ToArray()), null, lengths, 1, labels.Names, lengthsDiffer, missing: missing);
    }

    /// <summary>Real values, several channels: <c>sequences[i][t][f]</c>.</summary>
    /// <param name="sequences">The sequences, of any type of number.</param>
    /// <param name="labels">The classes, an <c>int[]</c> or a <c>string[]</c>; none for sequences to predict.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <param name="missing">Whether NaN is a missing value, to be filled as <see cref="WithPreparation"/> says; otherwise it is refused.</param>
    /// <typeparam name="TNumber">The type of number; it is kept as 64-bit float.</typeparam>
    /// <exception cref="UserException">Lengths differ, a value is no finite number, a label is missing, or there is nothing.</exception>
    public static OwnSequences FromArrays<TNumber>(TNumber[][][] sequences, SequenceLabels labels = default, bool lengthsDiffer = false, bool missing = false)
        where TNumber : struct, INumber<TNumber>
    {
        int[] lengths = Lengths(sequences, "steps", lengthsDiffer);
        int features = sequences.SelectMany(sequence => sequence).FirstOrDefault()?.Length ?? 0;
        for (int i = 0; i < sequences.Length; i++)
        {
            for (int t = 0; t < sequences[i].Length; t++)
            {
                if (sequences[i][t]?.Length is var found && found != features)
                {
                    throw new UserException(
                        $"Step {t} of sequence {i} has {found ?? 0} channels, but the first step has {features}: every step needs all channels.");
                }
            }
        }

        return new OwnSequences(
            Arrays, Doubles<TNumber>(sequences.SelectMany(sequence => sequence).SelectMany(step => step).ToArray()), null, lengths, features,
            labels.Names, lengthsDiffer, missing: missing);
    }

    /// <summary>Real values, one channel: <c>sequences[i, t]</c>.</summary>
    /// <param name="sequences">The sequences, of any type of number.</param>
    /// <param name="labels">The classes, an <c>int[]</c> or a <c>string[]</c>; none for sequences to predict.</param>
    /// <param name="missing">Whether NaN is a missing value, to be filled as <see cref="WithPreparation"/> says; otherwise it is refused.</param>
    /// <typeparam name="TNumber">The type of number; it is kept as 64-bit float.</typeparam>
    /// <exception cref="UserException">A value is no finite number, a label is missing, or there is nothing.</exception>
    public static OwnSequences FromArrays<TNumber>(TNumber[,] sequences, SequenceLabels labels = default, bool missing = false)
        where TNumber : struct, INumber<TNumber> =>
        new(Arrays, Doubles(Flat<TNumber>(sequences)), null, Equal(sequences.GetLength(0), sequences.GetLength(1)), 1, labels.Names, missing: missing);

    /// <summary>Real values, several channels: <c>sequences[i, t, f]</c>.</summary>
    /// <param name="sequences">The sequences, of any type of number.</param>
    /// <param name="labels">The classes, an <c>int[]</c> or a <c>string[]</c>; none for sequences to predict.</param>
    /// <param name="missing">Whether NaN is a missing value, to be filled as <see cref="WithPreparation"/> says; otherwise it is refused.</param>
    /// <typeparam name="TNumber">The type of number; it is kept as 64-bit float.</typeparam>
    /// <exception cref="UserException">A value is no finite number, a label is missing, or there is nothing.</exception>
    public static OwnSequences FromArrays<TNumber>(TNumber[,,] sequences, SequenceLabels labels = default, bool missing = false)
        where TNumber : struct, INumber<TNumber> =>
        new(
            Arrays, Doubles(Flat<TNumber>(sequences)), null, Equal(sequences.GetLength(0), sequences.GetLength(1)), sequences.GetLength(2),
            labels.Names, missing: missing);

    /// <summary>Tokens, one a step: <c>sequences[i][t]</c>, levels from 0.</summary>
    /// <param name="sequences">The sequences, of <c>byte</c> or <c>int</c>.</param>
    /// <param name="labels">The classes, an <c>int[]</c> or a <c>string[]</c>; none for sequences to predict.</param>
    /// <param name="levels">The number of levels, 2 … 256; null for as many as the largest token asks for.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <typeparam name="TInteger">The type of integer.</typeparam>
    /// <exception cref="UserException">Lengths differ, a token is out of range, a label is missing, or there is nothing.</exception>
    public static OwnSequences FromTokens<TInteger>(
        TInteger[][] sequences, SequenceLabels labels = default, int? levels = null, bool lengthsDiffer = false)
        where TInteger : struct, IBinaryInteger<TInteger>
    {
        int[] lengths = Lengths(sequences, "tokens", lengthsDiffer);
        return OfTokens(
            Arrays, [.. sequences.SelectMany(sequence => sequence).Select(int.CreateSaturating)], lengths, 1, labels.Names, levels, lengthsDiffer);
    }

    /// <summary>Tokens that are characters: the characters that occur, in the order of their code points, are the levels.</summary>
    /// <param name="texts">The sequences.</param>
    /// <param name="labels">The classes, an <c>int[]</c> or a <c>string[]</c>; none for sequences to predict.</param>
    /// <param name="lengthsDiffer">Whether sequences may differ in length; otherwise one that does is taken for a mistake.</param>
    /// <exception cref="UserException">Lengths differ, more than 256 characters occur, a label is missing, or there is nothing.</exception>
    public static OwnSequences FromTokens(string[] texts, SequenceLabels labels = default, bool lengthsDiffer = false)
    {
        Rune[][] runes = [.. texts.Select(text => text?.EnumerateRunes().ToArray()!)];
        int[] lengths = Lengths(runes, "characters", lengthsDiffer);
        Rune[] alphabet = [.. runes.SelectMany(sequence => sequence).Distinct().Order()];
        if (alphabet.Length > SequenceDataset.ByteLevels)
        {
            throw new UserException(
                $"{alphabet.Length} different characters occur, but tokens take at most {SequenceDataset.ByteLevels} levels: merge some, "
                + "such as upper and lower case.");
        }

        var level = alphabet.Index().ToDictionary(entry => entry.Item, entry => (byte)entry.Index);
        return new OwnSequences(
            Arrays, null, [.. runes.SelectMany(sequence => sequence).Select(rune => level[rune])], lengths, 1, labels.Names, lengthsDiffer,
            Math.Max(2, alphabet.Length), string.Concat(alphabet));
    }

    private static ReadOnlySpan<TNumber> Flat<TNumber>(Array numbers) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.As<byte, TNumber>(ref MemoryMarshal.GetArrayDataReference(numbers)), numbers.Length);

    // What is too large for a 64-bit float becomes infinite, and is refused as such.
    private static double[] Doubles<TNumber>(ReadOnlySpan<TNumber> numbers)
        where TNumber : struct, INumber<TNumber>
    {
        double[] doubles = new double[numbers.Length];
        for (int i = 0; i < doubles.Length; i++)
        {
            doubles[i] = double.CreateSaturating(numbers[i]);
        }

        return doubles;
    }

    private static OwnSequences OfTokens(
        string source, int[] tokens, IReadOnlyList<int> lengths, int features, string?[]? labels, int? levels, bool lengthsDiffer = false)
    {
        if (levels is < 2 or > SequenceDataset.ByteLevels)
        {
            throw new UserException($"{levels} levels are not possible: choose 2 to {SequenceDataset.ByteLevels}.");
        }

        int most = levels ?? SequenceDataset.ByteLevels;
        for (int at = 0; at < tokens.Length; at++)
        {
            if (tokens[at] < 0 || tokens[at] >= most)
            {
                throw new UserException(
                    $"{Place(at, Starts(lengths), features)} of {source} is the token {tokens[at]}, but tokens are 0 … {most - 1}. "
                    + "Number them from 0, or give them as real values.");
            }
        }

        levels ??= Math.Max(2, tokens.DefaultIfEmpty().Max() + 1);
        return new OwnSequences(source, null, [.. tokens.Select(token => (byte)token)], lengths, features, labels, lengthsDiffer, levels);
    }

    private static IReadOnlyList<int> Equal(int count, int steps) => [.. Enumerable.Repeat(steps, count)];

    /// <summary>The length of each sequence; this is the one place that asks for equal ones.</summary>
    private static int[] Lengths<TItem>(IReadOnlyList<TItem[]> sequences, string what, bool mayDiffer)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        for (int i = 0; i < sequences.Count; i++)
        {
            if (sequences[i] is null)
            {
                throw new UserException($"Sequence {i} is null. Give an array, or leave the sequence and its label out.");
            }

            if (!mayDiffer && sequences[i].Length != sequences[0].Length)
            {
                throw new UserException(OfAnotherLength($"Sequence {i}", sequences[i].Length, "sequence 0", sequences[0].Length, what));
            }
        }

        return [.. sequences.Select(sequence => sequence.Length)];
    }

    private static string OfAnotherLength(string one, int length, string first, int expected, string what) =>
        $"{one} has {length} {what}, but {first} has {expected}. If lengths differ in these data, say lengthsDiffer: true; otherwise mend the sequence.";
}
