using System.Runtime.CompilerServices;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Tests;

/// <summary>Another dataset, with a call before and one after a batch of it is made.</summary>
internal sealed class WatchedDataset(SequenceDataset inner, Action read, Action? made = null) : SequenceDataset
{
    public override int Count => inner.Count;

    public override int Steps => inner.Steps;

    public override int Features => inner.Features;

    public override int Classes => inner.Classes;

    public override int Label(int index) => inner.Label(index);

    [MethodImpl(MethodImplOptions.NoInlining)] // stack traces are to show it
    public override SequenceBatch Batch(ReadOnlySpan<int> indices)
    {
        read();
        SequenceBatch batch = inner.Batch(indices);
        made?.Invoke();
        return batch;
    }
}
