using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>Images in memory as bytes, read pixel by pixel, one pixel a step.</summary>
public sealed class ImageSequences : SequenceDataset
{
    private readonly byte[] _levels; // count × (pixels + silence) × F
    private readonly byte[] _labels;

    private ImageSequences(byte[] levels, byte[] labels, int steps, int features, int classes)
    {
        _levels = levels;
        _labels = labels;
        Steps = steps;
        Features = features;
        Classes = classes;
    }

    /// <summary>Turns images into sequences: pooled to the side asked for, in the order asked for, then silence.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">Side, order of the pixels and silence.</param>
    public static ImageSequences From(ByteImages images, ImageSequenceOptions options)
    {
        ByteImages pooled = options.Side is int side ? AveragePooling.Resize(images, side) : images;
        int pixels = pooled.Side * pooled.Side;
        int features = pooled.Channels;
        int[]? order = options.Permuted ? PixelPermutation.For(pixels) : null;

        int steps = pixels + options.Silence;
        byte[] levels = new byte[(long)pooled.Count * steps * features];
        for (int i = 0; i < pooled.Count; i++)
        {
            for (int t = 0; t < pixels; t++)
            {
                int source = (i * pixels + (order is null ? t : order[t])) * features;
                pooled.Levels.AsSpan(source, features).CopyTo(levels.AsSpan((i * steps + t) * features));
            }
        }

        return new ImageSequences(levels, pooled.Labels, steps, features, pooled.Classes);
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
        int stride = Steps * Features;
        byte[] rows = new byte[indices.Length * stride];
        long[] labels = new long[indices.Length];
        long[] lengths = new long[indices.Length];
        for (int b = 0; b < indices.Length; b++)
        {
            _levels.AsSpan(indices[b] * stride, stride).CopyTo(rows.AsSpan(b * stride));
            labels[b] = _labels[indices[b]];
            lengths[b] = Steps;
        }

        using var scope = NewDisposeScope();
        Tensor tokens = tensor(rows, dtype: ScalarType.Byte) // [B·T·F]
            .reshape(indices.Length, Steps, Features) // [B, T, F]
            .transpose(0, 1).contiguous(); // [T, B, F]
        Tensor inputs = tokens.to(ScalarType.Float32).div_(255f); // [T, B, F]
        var batch = new SequenceBatch(inputs, tokens, tensor(labels), tensor(lengths));
        scope.MoveToOuter(batch.Inputs, batch.Tokens, batch.Labels, batch.Lengths);
        return batch;
    }
}
