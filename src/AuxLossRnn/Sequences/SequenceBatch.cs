using AuxLossRnn.Runtime;
using static TorchSharp.torch;

namespace AuxLossRnn.Sequences;

/// <summary>A batch of sequences, time-major; shorter ones are padded after their end.</summary>
/// <remarks>What finite numbers the padding holds reaches no loss, no gradient and no output.</remarks>
/// <param name="Inputs">What the network reads, float32 <c>[T, B, F]</c>; pixels are scaled to [0, 1].</param>
/// <param name="Tokens">The same as levels 0 … 255, uint8 <c>[T, B, F]</c>: cross-entropy targets and embedding indices.</param>
/// <param name="Labels">The classes, int64 <c>[B]</c>.</param>
/// <param name="Lengths">The steps before the padding, int64 <c>[B]</c>.</param>
public sealed record SequenceBatch(Tensor Inputs, Tensor Tokens, Tensor Labels, Tensor Lengths) : IDisposable
{
    private int[]? _own;
    private long[]? _shape;

    /// <summary>What the network reads, float32 <c>[T, B, F]</c>; pixels are scaled to [0, 1].</summary>
    public Tensor Inputs
    {
        get;
        init => (field, _shape) = (value, null);
    } = Inputs;

    /// <summary>The steps before the padding, int64 <c>[B]</c>.</summary>
    public Tensor Lengths
    {
        get;
        init => (field, _own) = (value, null);
    } = Lengths;

    /// <summary>The lengths as numbers, one an example; read from <see cref="Lengths"/> once.</summary>
    public IReadOnlyList<int> OwnLengths => _own ??= ReadLengths();

    /// <summary>The time steps T: those of the longest sequence, and at least 1.</summary>
    public int Steps => (int)Shape[0];

    /// <summary>The batch size B.</summary>
    public int Size => (int)Shape[1];

    // Each call of a tensor's shape goes to libtorch and back, and some ask for every step of every example.
    private long[] Shape => _shape ??= Inputs.shape;

    /// <summary>All four tensors.</summary>
    public Tensor[] Tensors => [Inputs, Tokens, Labels, Lengths];

    /// <summary>Moves all four tensors to a device; to a CUDA device without waiting for it.</summary>
    /// <param name="device">Where to.</param>
    /// <returns>The same batch if it is there already, otherwise a copy.</returns>
    public SequenceBatch To(Device device) =>
        Inputs.device.type == device.type && Inputs.device.index == device.index
            ? this
            : Map(tensor => Devices.Copy(tensor, device));

    /// <summary>Copies all four tensors to memory from which a CUDA device reads while the processor goes on.</summary>
    internal SequenceBatch Pinned() => Map(tensor => tensor.pin_memory());

    // The lengths are read here, where they lie in the processor's memory: nobody need wait for a device later.
    private SequenceBatch Map(Func<Tensor, Tensor> copy) =>
        new(copy(Inputs), copy(Tokens), copy(Labels), copy(Lengths)) { _own = [.. OwnLengths] };

    private int[] ReadLengths()
    {
        using Tensor here = Lengths.cpu(); // [B]
        return [.. here.data<long>().Select(length => (int)length)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
