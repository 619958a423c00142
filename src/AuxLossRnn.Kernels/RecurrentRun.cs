using System.Numerics;
using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>The choices of one call of an LSTM layer.</summary>
/// <param name="Result">What the gradient comes back to.</param>
/// <param name="BFloat16">Whether the operands of products are rounded to bfloat16.</param>
internal sealed record RecurrentCall(RecurrentResult Result, bool BFloat16)
{
    /// <summary>h after the last step, <c>[B, H]</c>, without a graph, where the gradient comes back to the outputs alone.</summary>
    public Tensor? Hidden { get; set; }

    /// <summary>The same of c.</summary>
    public Tensor? Cell { get; set; }
}

/// <summary>One call of an LSTM layer: what its backward pass needs of its forward pass.</summary>
internal abstract class RecurrentRun : IDisposable
{
    /// <summary>A call in the type of its tensors.</summary>
    /// <param name="tensors">x, h, c, W_x, W_h and b, as <see cref="RecurrentFunction.Read"/> takes them.</param>
    /// <param name="call">The choices; takes the last state.</param>
    /// <param name="records">Whether a backward pass may follow.</param>
    public static RecurrentRun Create(Tensor[] tensors, RecurrentCall call, bool records) =>
        tensors[0].dtype == ScalarType.Float64 ? Create<double, Tile<double>>(tensors, call, records)
        : call.BFloat16 ? Create<float, BFloat16Tile>(tensors, call, records)
        : Create<float, Tile<float>>(tensors, call, records);

    private static RecurrentRun Create<T, TTile>(Tensor[] tensors, RecurrentCall call, bool records)
        where T : unmanaged, IAdditionOperators<T, T, T>
        where TTile : ITile<T> =>
        Lanes.HasAvx512
            ? new RecurrentRun<T, TTile, LstmCell<T, Register512<T>>>(tensors, call, records)
            : new RecurrentRun<T, TTile, LstmCell<T, NarrowRegister<T>>>(tensors, call, records);

    /// <summary>Outputs <c>[t, B, H]</c>, last h and c <c>[2, B, H]</c>, or outputs and last c <c>[t + 1, B, H]</c>.</summary>
    /// <param name="tensors">The same tensors.</param>
    public abstract Tensor Forward(Tensor[] tensors);

    /// <summary>The gradients of the six tensors; null for those that need none.</summary>
    /// <param name="tensors">The same tensors.</param>
    /// <param name="gradient">The gradient of what <see cref="Forward"/> returned.</param>
    public abstract List<Tensor> Backward(Tensor[] tensors, Tensor gradient);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <inheritdoc/>
internal sealed unsafe class RecurrentRun<T, TTile, TCell> : RecurrentRun
    where T : unmanaged, IAdditionOperators<T, T, T>
    where TTile : ITile<T>
    where TCell : ICell<T>
{
    private readonly RecurrentOperands<T, TTile, TCell> _weights;
    private readonly RecurrentSlice<T, TTile, TCell>[] _slices;
    private readonly RecurrentCall _call;
    private readonly int _steps, _batch;
    private bool _disposed;

    /// <summary>A call.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="call">The choices.</param>
    /// <param name="records">Whether a backward pass may follow.</param>
    public RecurrentRun(Tensor[] tensors, RecurrentCall call, bool records)
    {
        _call = call;
        (_steps, _batch) = ((int)tensors[0].shape[0], (int)tensors[0].shape[1]);
        _weights = new RecurrentOperands<T, TTile, TCell>(
            (int)tensors[0].shape[2], (int)tensors[1].shape[1], TensorMemory.Of<T>(tensors[3]), TensorMemory.Of<T>(tensors[4]),
            TensorMemory.Of<T>(tensors[5]));
        _slices = [.. Slices.Of(_batch, Tile<T>.Rows).Select(slice =>
            new RecurrentSlice<T, TTile, TCell>(_weights, _steps, _batch, slice.First, slice.Count, records))];
    }

    private long StateSize => (long)_batch * _weights.Hidden;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor[] tensors)
    {
        long length = _call.Result switch
        {
            RecurrentResult.Outputs => _steps,
            RecurrentResult.State => 2,
            _ => _steps + 1,
        };
        Tensor result = empty(length, _batch, _weights.Hidden, dtype: tensors[0].dtype); // [length, B, H]
        T* x = TensorMemory.Of<T>(tensors[0]), h = TensorMemory.Of<T>(tensors[1]), c = TensorMemory.Of<T>(tensors[2]);
        T* to = TensorMemory.Of<T>(result);
        T* outputs = _call.Result == RecurrentResult.State ? null : to;
        T* lastHidden = to + (length - 2) * StateSize, lastCell = lastHidden + StateSize;
        if (_call.Result == RecurrentResult.Outputs)
        {
            (_call.Hidden, _call.Cell) = (empty_like(tensors[1]), empty_like(tensors[2])); // [B, H]
            lastHidden = TensorMemory.Of<T>(_call.Hidden);
            lastCell = TensorMemory.Of<T>(_call.Cell);
        }

        Slices.Run(_slices.Length, i => _slices[i].Forward(x, h, c, outputs, lastHidden, lastCell));

        // A copy that only its address is used of could be collected meanwhile.
        GC.KeepAlive(tensors);
        return result;
    }

    /// <inheritdoc/>
    public override List<Tensor> Backward(Tensor[] tensors, Tensor gradient)
    {
        if (_disposed)
        {
            throw new InvalidOperationException(
                "Backpropagation went through one call of an LSTM twice, but its record was given back the first time: call the layer again.");
        }

        using Tensor given = gradient.contiguous(); // [length, B, H]
        using Tensor hidden = zeros_like(tensors[1]); // [B, H]
        using Tensor cell = zeros_like(tensors[2]); // [B, H]
        if (_call.Result != RecurrentResult.Outputs)
        {
            cell.copy_(given[-1]);
        }

        if (_call.Result == RecurrentResult.State)
        {
            hidden.copy_(given[0]);
        }

        bool needsInputs = tensors[0].requires_grad;
        Tensor? inputs = needsInputs ? empty_like(tensors[0]) : null; // [t, B, I]
        Tensor[] weights = [.. tensors[3..].Select(weight => zeros_like(weight))]; // [4H, I], [4H, H], [4H]
        GradientSums<T>[] sums =
            [.. _slices.Select(_ => new GradientSums<T>(_weights.PaddedInputs, _weights.PaddedHidden, _weights.Products))];
        _weights.PackBackward(needsInputs);
        T* x = TensorMemory.Of<T>(tensors[0]), dh = TensorMemory.Of<T>(hidden), dc = TensorMemory.Of<T>(cell);
        T* dOutputs = _call.Result == RecurrentResult.State ? null : TensorMemory.Of<T>(given);
        T* dx = inputs is null ? null : TensorMemory.Of<T>(inputs);
        Slices.Run(_slices.Length, i => _slices[i].Backward(x, dOutputs, dh, dc, dx, sums[i]));

        // In the order of the slices, so that equal runs give equal sums.
        foreach (GradientSums<T> sum in sums)
        {
            _weights.InputMap.AddTo(TensorMemory.Of<T>(weights[0]), sum.Input.Pointer, Panels.PaddedRows(_weights.PaddedInputs));
            _weights.HiddenMap.AddTo(TensorMemory.Of<T>(weights[1]), sum.Hidden.Pointer, Panels.PaddedRows(_weights.PaddedHidden));
            _weights.BiasMap.AddTo(TensorMemory.Of<T>(weights[2]), sum.Bias.Pointer, 1);
            sum.Dispose();
        }

        return [inputs!, Needed(1, hidden), Needed(2, cell), .. weights];

        // What needs no gradient gets none, or nobody would dispose of it.
        Tensor Needed(int i, Tensor state) => tensors[i].requires_grad ? state.alias() : null!;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _disposed = true;
        _weights.Dispose();
        foreach (RecurrentSlice<T, TTile, TCell> slice in _slices)
        {
            slice.Dispose();
        }
    }
}
