using System.Globalization;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>A reader's own sequences as the network reads them. They are scaled as batches are made.</summary>
internal sealed class ScaledSequences : SequenceDataset
{
    private const float Top = SequenceDataset.ByteLevels - 1;

    private readonly OwnSequences _own; // missing values are filled
    private readonly OwnSequences? _gaps; // the same without, where they are marked
    private readonly int[] _labels;
    private readonly double[] _minimum; // [channels]
    private readonly double[] _maximum; // [channels]
    private readonly double[] _offset; // [channels], or [n, channels] of each sequence its own
    private readonly double[] _divisor; // the same

    /// <summary>The sequences with their classes as indices; without labels they are −1.</summary>
    public ScaledSequences(OwnSequences own, SequenceFormat format)
    {
        (_own, Format) = (own.Filled(format), format);
        _gaps = format.Preparation.Missing == MissingValues.Marked ? own : null;
        _labels = own.Indices(format.ClassNames);
        (_minimum, _maximum) = ([.. format.Minimum ?? []], [.. format.Maximum ?? []]);
        if (format.Preparation.Scaling == ChannelScaling.PerSequence)
        {
            (double Mean, double Deviation)[] each = [.. from i in Enumerable.Range(0, own.Count) from f in Enumerable.Range(0, own.Features) select ChannelFit.Moments(own.Known([i], f))];
            (_offset, _divisor) = ([.. each.Select(one => one.Mean)], [.. each.Select(one => one.Deviation)]);
        }
        else
        {
            _offset = [.. format.Offset ?? _minimum];
            _divisor = [.. format.Divisor ?? _minimum.Zip(_maximum, (low, high) => high - low)];
        }

        RequireFinite();
    }

    public override int Count => _own.Count;

    public override int Steps => _own.Steps;

    public override int Features => Format!.Features;

    public override int Classes => Format!.ClassNames.Count;

    public override bool HasSymbols => Format!.Alphabet is not null;

    public override SequenceFormat? Format { get; }

    public override int Length(int index) => _own.Length(index);

    public override int Label(int index) => _labels[index];

    public override string? Name(int index) => _own.Names?[index];

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
        ReadOnlySpan<double> values = _own.ValuesAt(sequence, step);
        for (int f = 0; f < values.Length; f++)
        {
            inputs[f] = Scaled(values[f], sequence, f);
            tokens[f] = Level(inputs[f]);
        }

        if (_gaps is not null)
        {
            int missing = 0;
            foreach (double value in _gaps.ValuesAt(sequence, step))
            {
                missing += double.IsNaN(value) ? 1 : 0;
            }

            inputs[^1] = missing / (float)values.Length;
            tokens[^1] = Level(inputs[^1]);
        }
    }

    private static byte Level(float part) => (byte)Math.Clamp(MathF.Round(Top * part), 0, Top);

    // A channel that never changed in training taught nothing about its other values: all are read as 0.
    // Centred before it is rounded: numbers far from 0 that differ by little are one 32-bit float.
    private float Scaled(double value, int sequence, int channel)
    {
        int at = _offset.Length == _minimum.Length ? channel : sequence * _minimum.Length + channel;
        return _divisor[at] > 0 ? (float)((value - _offset[at]) / _divisor[at]) : 0;
    }

    private void RequireFinite()
    {
        if (_own.Levels is not null)
        {
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            for (int t = 0; t < Length(i); t++)
            {
                ReadOnlySpan<double> values = _own.ValuesAt(i, t);
                for (int f = 0; f < values.Length; f++)
                {
                    if (!float.IsFinite(Scaled(values[f], i, f)))
                    {
                        throw new UserException(string.Create(
                            CultureInfo.InvariantCulture,
                            $"{_own.Place(i, t, f)} of {_own.Source} is {values[f]}, but the training part's channel {f} reaches only from {_minimum[f]} to "
                            + $"{_maximum[f]} ({Format!.Source}): scaled by that it is no finite number. Mend the value, or leave the channel out."));
                    }
                }
            }
        }
    }
}
