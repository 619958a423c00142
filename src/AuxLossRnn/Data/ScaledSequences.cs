using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>A reader's own sequences as the network reads them. They are scaled as batches are made.</summary>
internal sealed class ScaledSequences : SequenceDataset
{
    private const float Top = AuxiliaryLossModel.ByteLevels - 1;

    private readonly OwnSequences _own;
    private readonly int[] _labels;
    private readonly float[] _offset; // [F]
    private readonly float[] _range; // [F]

    /// <summary>The sequences with their classes as indices; without labels they are −1.</summary>
    public ScaledSequences(OwnSequences own, SequenceFormat format)
    {
        (_own, Format) = (own, format);
        _labels = own.Indices(format.ClassNames);
        _offset = [.. format.Minimum ?? []];

        // A channel that never changes has no range: it is read as 0.
        _range = [.. _offset.Zip(format.Maximum ?? [], (low, high) => high > low ? high - low : 1)];
    }

    public override int Count => _own.Count;

    public override int Steps => _own.Steps;

    public override int Features => _own.Features;

    public override int Classes => Format!.ClassNames.Count;

    public override bool HasSymbols => Format!.Alphabet is not null;

    public override SequenceFormat? Format { get; }

    public override int Length(int index) => _own.Length(index);

    public override int Label(int index) => _labels[index];

    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        int size = indices.Length;
        int steps = 1;
        foreach (int index in indices)
        {
            steps = Math.Max(steps, Length(index));
        }

        float[] inputs = new float[steps * size * Features];
        byte[] tokens = new byte[inputs.Length];
        long[] labels = new long[size];
        long[] lengths = new long[size];
        for (int b = 0; b < size; b++)
        {
            labels[b] = _labels[indices[b]];
            lengths[b] = Length(indices[b]);
            for (int t = 0; t < lengths[b]; t++)
            {
                int to = (t * size + b) * Features;
                if (_own.Levels is not null)
                {
                    ReadLevels(indices[b], t, inputs.AsSpan(to, Features), tokens.AsSpan(to, Features));
                }
                else
                {
                    ReadValues(indices[b], t, inputs.AsSpan(to, Features), tokens.AsSpan(to, Features));
                }
            }
        }

        using var scope = NewDisposeScope();
        var batch = new SequenceBatch(
            tensor(inputs).reshape(steps, size, Features), // [T, B, F]
            tensor(tokens, dtype: ScalarType.Byte).reshape(steps, size, Features), // [T, B, F]
            tensor(labels), // [B]
            tensor(lengths)); // [B]
        scope.MoveToOuter(batch.Tensors);
        return batch;
    }

    private void ReadLevels(int sequence, int step, Span<float> inputs, Span<byte> tokens)
    {
        _own.LevelsAt(sequence, step).CopyTo(tokens);
        for (int f = 0; f < inputs.Length; f++)
        {
            inputs[f] = tokens[f] / (float)(Format!.Levels - 1);
        }
    }

    private void ReadValues(int sequence, int step, Span<float> inputs, Span<byte> tokens)
    {
        ReadOnlySpan<float> values = _own.ValuesAt(sequence, step);
        for (int f = 0; f < values.Length; f++)
        {
            inputs[f] = (values[f] - _offset[f]) / _range[f];
            tokens[f] = (byte)Math.Clamp(MathF.Round(Top * inputs[f]), 0, Top);
        }
    }
}
