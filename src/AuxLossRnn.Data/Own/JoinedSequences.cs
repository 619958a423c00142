using AuxLossRnn.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>Two sets of one format, one after the other.</summary>
internal sealed class JoinedSequences(SequenceDataset first, SequenceDataset second) : SequenceDataset
{
    public override int Count => first.Count + second.Count;

    public override int Steps => Math.Max(first.Steps, second.Steps);

    public override int Features => first.Features;

    public override int Levels => first.Levels;

    public override bool HasSymbols => first.HasSymbols;

    public override int Classes => first.Classes;

    public override SequenceFormat? Format => first.Format;

    public override int Length(int index) => index < first.Count ? first.Length(index) : second.Length(index - first.Count);

    public override int Label(int index) => index < first.Count ? first.Label(index) : second.Label(index - first.Count);

    public override string? Name(int index) => index < first.Count ? first.Name(index) : second.Name(index - first.Count);

    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        int[] rows = indices.ToArray();
        (int[] ofFirst, int[] ofSecond) = ([.. rows.Where(index => index < first.Count)], [.. rows.Where(index => index >= first.Count).Select(index => index - first.Count)]);
        if (ofFirst.Length == 0 || ofSecond.Length == 0)
        {
            return ofSecond.Length == 0 ? first.Batch(ofFirst) : second.Batch(ofSecond); // [T, B, F]
        }

        using DisposeScope scope = NewDisposeScope();
        SequenceBatch[] parts = [first.Batch(ofFirst), second.Batch(ofSecond)];
        long steps = parts.Max(part => part.Steps);
        // The row of each example among those of the first set, then those of the second.
        int[] at = [ofFirst.Length - 1, ofFirst.Length + ofSecond.Length - 1];
        long[] order = new long[rows.Length];
        for (int i = rows.Length - 1; i >= 0; i--)
        {
            order[i] = at[rows[i] < first.Count ? 0 : 1]--;
        }

        Tensor place = tensor(order); // [B]
        Tensor Join(Func<SequenceBatch, Tensor> of, int dimension) => cat([.. parts.Select(of)], dimension).index_select(dimension, place); // [T, B, F] or [B]
        Tensor Padded(Tensor part) => nn.functional.pad(part, [0, 0, 0, 0, 0, steps - part.shape[0]]); // [T, B, F]
        var batch = new SequenceBatch(
            Join(part => Padded(part.Inputs), 1), Join(part => Padded(part.Tokens), 1), Join(part => part.Labels, 0), Join(part => part.Lengths, 0));
        scope.MoveToOuter(batch.Tensors);
        return batch;
    }
}
