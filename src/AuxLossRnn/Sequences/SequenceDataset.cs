namespace AuxLossRnn.Sequences;

/// <summary>A labelled set of sequences of one split, read by index.</summary>
public abstract class SequenceDataset
{
    /// <summary>The levels of a byte.</summary>
    public const int ByteLevels = 256;

    /// <summary>The label of a sequence without one.</summary>
    public const int NoLabel = -1;

    /// <summary>The number of sequences.</summary>
    public abstract int Count { get; }

    /// <summary>The time steps T of a sequence; the longest where lengths differ.</summary>
    public abstract int Steps { get; }

    /// <summary>The features F of a step.</summary>
    public abstract int Features { get; }

    /// <summary>The number of levels that tokens take, at most 256.</summary>
    public virtual int Levels => Format?.Levels ?? ByteLevels;

    /// <summary>Whether levels are symbols, such as characters, and not amounts, such as grey values.</summary>
    public virtual bool HasSymbols => false;

    /// <summary>The number of classes C.</summary>
    public abstract int Classes { get; }

    /// <summary>The time steps of one sequence.</summary>
    /// <param name="index">Which sequence.</param>
    public virtual int Length(int index) => Steps;

    /// <summary>How a reader's own sequences are read; null for the kit's datasets.</summary>
    public virtual SequenceFormat? Format => null;

    /// <summary>The name of each class, by its index.</summary>
    public IReadOnlyList<string> ClassNames => Format?.ClassNames ?? [.. Enumerable.Range(0, Classes).Select(c => $"{c}")];

    /// <summary>The label of a sequence, in 0 … C − 1; <see cref="NoLabel"/> for a reader's own sequence without one.</summary>
    /// <param name="index">Which sequence.</param>
    public abstract int Label(int index);

    /// <summary>What a reader's own sequence is called where it came from; null where it has no name.</summary>
    /// <param name="index">Which sequence.</param>
    public virtual string? Name(int index) => null;

    /// <summary>Makes a batch on the CPU. It belongs to the caller: to its dispose scope, if it has one.</summary>
    /// <remarks>Training reads ahead on a thread of its own, so several threads may read at once.</remarks>
    /// <param name="indices">Which sequences, in this order; all are padded to the longest of them.</param>
    public abstract SequenceBatch Batch(ReadOnlySpan<int> indices);

    /// <summary>A view of some of the sequences.</summary>
    /// <param name="indices">Which ones; entry i of the view is sequence indices[i].</param>
    public SequenceDataset Subset(IReadOnlyList<int> indices) => new SubsetDataset(this, [.. indices]);

    /// <summary>A view of the first sequences; the dataset itself if it has no more.</summary>
    /// <param name="count">How many; null for all.</param>
    public SequenceDataset Take(int? count) =>
        count is int limit && limit < Count ? Subset([.. Enumerable.Range(0, limit)]) : this;

    private sealed class SubsetDataset(SequenceDataset whole, int[] chosen) : SequenceDataset
    {
        public override int Count => chosen.Length;

        public override int Steps => whole.Steps;

        public override int Features => whole.Features;

        public override int Levels => whole.Levels;

        public override bool HasSymbols => whole.HasSymbols;

        public override int Classes => whole.Classes;

        public override int Length(int index) => whole.Length(chosen[index]);

        public override SequenceFormat? Format => whole.Format;

        public override int Label(int index) => whole.Label(chosen[index]);

        public override string? Name(int index) => whole.Name(chosen[index]);

        public override SequenceBatch Batch(ReadOnlySpan<int> indices)
        {
            int[] mapped = new int[indices.Length];
            for (int i = 0; i < mapped.Length; i++)
            {
                mapped[i] = chosen[indices[i]];
            }

            return whole.Batch(mapped);
        }
    }
}
