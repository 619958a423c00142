using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Sequences;

/// <summary>Images in memory as bytes, read pixel by pixel, one pixel a step.</summary>
public sealed class ImageSequences : SequenceDataset
{
    private readonly byte[] _levels; // count × pixels × F; the silence is added to each batch
    private readonly byte[] _labels;

    private readonly int _pixels;

    private ImageSequences(byte[] levels, ByteImages images, int silence)
    {
        _levels = levels;
        _labels = images.Labels;
        _pixels = images.Side * images.Side;
        Steps = _pixels + silence;
        Features = images.Channels;
        Classes = images.Classes;
    }

    /// <summary>Turns images into sequences: their pixels in the order asked for, then silence.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Order of the pixels and silence.</param>
    /// <exception cref="UserException">The silence is negative.</exception>
    public static ImageSequences From(ByteImages images, ImageSequenceOptions options)
    {
        CheckSilence(options.Silence);
        return new ImageSequences(options.Order is { } order ? Permute(images, order) : images.Levels, images, options.Silence);
    }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override int Steps { get; }

    /// <inheritdoc/>
    public override int Features { get; }

    /// <inheritdoc/>
    public override int Classes { get; }

    /// <inheritdoc/>
    public override int Label(int index) => _labels[index];

    /// <inheritdoc/>
    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        int stored = _pixels * Features;
        int stride = Steps * Features;
        byte[] rows = new byte[indices.Length * stride];
        long[] labels = new long[indices.Length];
        for (int b = 0; b < indices.Length; b++)
        {
            _levels.AsSpan(indices[b] * stored, stored).CopyTo(rows.AsSpan(b * stride));
            labels[b] = _labels[indices[b]];
        }

        return Batch(rows, labels, Steps, Features);
    }

    /// <summary>Makes a batch of sequences of equal length.</summary>
    /// <param name="rows">The levels, B × T × F.</param>
    /// <param name="labels">The classes, one a sequence.</param>
    /// <param name="steps">The time steps T.</param>
    /// <param name="features">The features F.</param>
    public static SequenceBatch Batch(byte[] rows, long[] labels, int steps, int features)
    {
        using var scope = NewDisposeScope();
        Tensor tokens = tensor(rows, dtype: ScalarType.Byte) // [B·T·F]
            .reshape(labels.Length, steps, features) // [B, T, F]
            .transpose(0, 1).contiguous(); // [T, B, F]
        Tensor inputs = tokens.to(ScalarType.Float32).Over(255); // [T, B, F]
        Tensor lengths = tensor([.. Enumerable.Repeat((long)steps, labels.Length)]); // [B]
        var batch = new SequenceBatch(inputs, tokens, tensor(labels), lengths);
        scope.MoveToOuter(batch.Inputs, batch.Tokens, batch.Labels, batch.Lengths);
        return batch;
    }

    /// <summary>Refuses a silence that cannot be.</summary>
    /// <param name="silence">The blank steps after the last pixel.</param>
    /// <exception cref="UserException">The silence is negative.</exception>
    public static void CheckSilence(int silence)
    {
        if (silence < 0)
        {
            throw new UserException($"A silence of {silence} steps is not possible. Choose ‹Silence› of at least 0 (no silence).");
        }
    }

    private static byte[] Permute(ByteImages images, IReadOnlyList<int> order)
    {
        int pixels = images.Side * images.Side;
        int features = images.Channels;
        ArgumentOutOfRangeException.ThrowIfNotEqual(order.Count, pixels);
        byte[] levels = new byte[images.Levels.Length];
        for (int i = 0; i < images.Count; i++)
        {
            for (int t = 0; t < pixels; t++)
            {
                int source = (i * pixels + order[t]) * features;
                images.Levels.AsSpan(source, features).CopyTo(levels.AsSpan((i * pixels + t) * features));
            }
        }

        return levels;
    }
}
