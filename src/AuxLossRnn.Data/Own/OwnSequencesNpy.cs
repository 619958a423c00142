using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <content>From NumPy's arrays.</content>
public sealed partial class OwnSequences
{
    /// <summary>A NumPy array <c>[n, T]</c> or <c>[n, T, F]</c>, and its labels <c>[n]</c> from a second file.</summary>
    /// <param name="path">The <c>.npy</c> file: float32, float64, or integers of 8 to 64 bits.</param>
    /// <param name="labels">The <c>.npy</c> file of the labels, integers or text; null for sequences to predict.</param>
    /// <param name="tokens">Whether the integers are tokens, levels from 0, rather than values.</param>
    /// <param name="levels">The number of levels of tokens, 2 … 256; null for as many as the largest token asks for.</param>
    /// <param name="lengthsDiffer">Whether NaN in all channels of the last steps ends a sequence before; otherwise it is taken for a mistake.</param>
    /// <param name="channelsFirst">Whether the array is <c>[n, F, T]</c>; null for <c>[n, T, F]</c> where T is not less than F.</param>
    /// <param name="missing">Whether NaN is a missing value, to be filled as <see cref="WithPreparation"/> says; otherwise it is refused.</param>
    /// <exception cref="UserException">
    /// A file is missing or damaged, has another type or shape, a token is out of range, or it is to be said whether channels come first.
    /// </exception>
    public static OwnSequences FromNpy(
        string path, string? labels = null, bool tokens = false, int? levels = null, bool lengthsDiffer = false, bool? channelsFirst = null, bool missing = false)
    {
        if (levels is not null && !tokens)
        {
            throw new UserException($"'{path}' was to be read as values with {levels} levels, but only tokens have levels. Say tokens: true, or leave levels out.");
        }

        if (tokens && lengthsDiffer)
        {
            throw new UserException($"'{path}' was to be read as tokens whose lengths differ, but no token ends a sequence as NaN does. Give them with FromTokens.");
        }

        using var file = NpyFile.Open(path);
        file.RequireType(integers: tokens);
        (int count, int steps, int features) = StepsAndChannels(file, path, channelsFirst);
        string[]? names = null;
        if (labels is not null)
        {
            using var second = NpyFile.Open(labels);
            names = Labels(second, labels, count, path);
        }

        if (tokens)
        {
            bool turns = channelsFirst == true && features > 1;
            int[] levelsRead = file.Integers();
            return OfTokens(path, turns ? StepsFirst(levelsRead, count, steps, features) : levelsRead, Equal(count, steps), features, names, levels);
        }

        return FromArray(file, path, names, lengthsDiffer, channelsFirst, missing);
    }

    private static OwnSequences FromArray(
        NpyFile file, string path, string[]? names, bool lengthsDiffer, bool? channelsFirst, bool missing, long? memoryBytes = null)
    {
        (int count, int steps, int features) = StepsAndChannels(file, path, channelsFirst);
        double[] values = file.Numbers(memoryBytes);
        values = channelsFirst == true && features > 1 ? StepsFirst(values, count, steps, features) : values;
        IReadOnlyList<int> lengths = Equal(count, steps);
        if (lengthsDiffer)
        {
            (values, lengths) = Ended(values, count, steps, features);
        }

        return new OwnSequences(path, values, null, lengths, features, names, lengthsDiffer, missing: missing) { TakenFor = ForeignFormat.Npy };
    }

    private static (int Count, int Steps, int Features) StepsAndChannels(NpyFile file, string path, bool? channelsFirst) => file.Shape switch
    {
        [int count, int steps] when channelsFirst != true => (count, steps, 1),
        [int count, int features, int steps] when channelsFirst == true => (count, steps, features),
        [int count, int steps, int features] when channelsFirst == false || features <= steps => (count, steps, features),
        [int count, int one, int other] => throw new UserException(
            $"'{path}' has the shape {file.ShapeText}: {count} sequences of {one} steps with {other} channels, or of {other} steps with {one} channels, "
            + "as PyTorch and aeon have them? Say channelsFirst: false for the former, channelsFirst: true for the latter."),
        _ => throw new UserException(
            $"'{path}' has the shape {file.ShapeText}. Expected {(channelsFirst == true ? "[sequences, channels, steps]" : "[sequences, steps] or [sequences, steps, channels]")}"
            + (file.Shape.Length == 1 ? ": for one sequence, save x[np.newaxis, :]."
                : file.Shape.Length > 3 ? ": flatten what a step or the steps are made of with x.reshape, such as x.reshape(len(x), -1, x.shape[-1]) for images, channel last." : ".")),
    };

    private static string[] Labels(NpyFile file, string labels, int count, string path)
    {
        string[] names = file.Shape.Length == 1 ? file.Labels() : throw new UserException($"'{labels}' has the shape {file.ShapeText}. {OneLabelEach(file.Shape)}");
        if (names.Length != count)
        {
            throw new UserException($"'{labels}' holds {names.Length} labels, but '{path}' {count} sequences. Give one label a sequence.");
        }

        if (Array.FindIndex(names, string.IsNullOrWhiteSpace) is >= 0 and var empty)
        {
            throw new UserException($"Label {empty} of '{labels}' is empty. Give it a class, or leave it and its sequence out.");
        }

        return names;
    }

    private static string OneLabelEach(int[] shape) => "Expected [sequences]: one label each"
        + (shape.Count(size => size != 1) <= 1 ? "; save y.ravel()." : shape.Length == 2 ? "; if each row has a 1 at its class, save y.argmax(axis=1)." : ".");

    /// <summary>Turns <c>[n, F, T]</c> into <c>[n, T, F]</c>.</summary>
    private static TItem[] StepsFirst<TItem>(TItem[] items, int count, int steps, int features)
    {
        var turned = new TItem[items.Length];
        for (int i = 0; i < count; i++)
        {
            for (int f = 0; f < features; f++)
            {
                for (int t = 0; t < steps; t++)
                {
                    turned[(i * steps + t) * features + f] = items[(i * features + f) * steps + t];
                }
            }
        }

        return turned;
    }

    /// <summary>Leaves out the steps at each sequence's end whose channels are all NaN.</summary>
    private static (double[] Values, int[] Lengths) Ended(double[] values, int count, int steps, int features)
    {
        int[] lengths = new int[count];
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            Span<double> sequence = values.AsSpan(i * steps * features, steps * features);
            int filled = sequence.Length;
            while (filled > 0 && double.IsNaN(sequence[filled - 1]))
            {
                filled--;
            }

            lengths[i] = (filled + features - 1) / features;
            sequence[..(lengths[i] * features)].CopyTo(values.AsSpan(kept));
            kept += lengths[i] * features;
        }

        return (values[..kept], lengths);
    }
}
