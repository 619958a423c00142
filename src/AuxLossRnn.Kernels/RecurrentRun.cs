using System.Numerics;
using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>The choices of one call of a recurrent layer.</summary>
/// <param name="Kind">The network.</param>
/// <param name="Result">What the gradient comes back to.</param>
/// <param name="BFloat16">Whether the operands of products are rounded to bfloat16.</param>
/// <param name="Stops">After how many steps the state is wanted, ascending, the last after all; null for that one. With the state as the result alone.</param>
internal sealed record RecurrentCall(RecurrentKind Kind, RecurrentResult Result, bool BFloat16, IReadOnlyList<int>? Stops = null)
{
    /// <summary>h after the last step, <c>[B, H]</c>, without a graph, where the gradient comes back to the outputs alone.</summary>
    public Tensor? Hidden { get; set; }

    /// <summary>The same of c.</summary>
    public Tensor? Cell { get; set; }
}

/// <summary>One call of a recurrent layer: what its backward pass needs of its forward pass.</summary>
internal abstract class RecurrentRun : IDisposable
{
    /// <summary>A call in the type of its tensors.</summary>
    /// <param name="tensors">x, h, W_x, W_h, b and c, as <see cref="RecurrentFunction.Read"/> takes them; c with an LSTM alone.</param>
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
            ? Create<T, TTile, Register512<T>>(tensors, call, records)
            : Create<T, TTile, NarrowRegister<T>>(tensors, call, records);

    private static RecurrentRun Create<T, TTile, TRegister>(Tensor[] tensors, RecurrentCall call, bool records)
        where T : unmanaged, IAdditionOperators<T, T, T>
        where TTile : ITile<T>
        where TRegister : struct, IRegister<TRegister, T> => call.Kind switch
        {
            RecurrentKind.Gru => new RecurrentRun<T, TTile, GruCell<T, TRegister>>(tensors, call, records),
            RecurrentKind.Relu => new RecurrentRun<T, TTile, ReluCell<T, TRegister>>(tensors, call, records),
            _ => new RecurrentRun<T, TTile, LstmCell<T, TRegister>>(tensors, call, records),
        };

    /// <summary>
    /// Outputs <c>[t, B, H]</c>, h and then c at the S stops <c>[1 or 2, S·B, H]</c>, or outputs and last c <c>[t or t + 1, B, H]</c>.
    /// </summary>
    /// <param name="tensors">The same tensors.</param>
    public abstract Tensor Forward(Tensor[] tensors);

    /// <summary>The gradients of the tensors; null for those that need none.</summary>
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
    private const int Inputs = 0, Hidden = 1, InputWeights = 2, HiddenWeights = 3, Bias = 4, Cell = 5;

    private readonly RecurrentOperands<T, TTile, TCell> _weights;
    private readonly (int First, int Count)[] _rows;
    private readonly RecurrentSlice<T, TTile, TCell>?[,] _slices; // a row of slices for each piece between two stops
    private readonly RecurrentCall _call;
    private readonly IReadOnlyList<int> _stops;
    private readonly int _batch;
    private readonly bool _records;
    private bool _disposed;

    /// <summary>A call.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="call">The choices.</param>
    /// <param name="records">Whether a backward pass may follow.</param>
    public RecurrentRun(Tensor[] tensors, RecurrentCall call, bool records)
    {
        long[] shape = tensors[Inputs].shape;
        (_call, _records, _batch, _stops) = (call, records, (int)shape[1], call.Stops ?? [(int)shape[0]]);
        _weights = new RecurrentOperands<T, TTile, TCell>(
            (int)shape[2], (int)tensors[Hidden].shape[^1], TensorMemory.Of<T>(tensors[InputWeights]), TensorMemory.Of<T>(tensors[HiddenWeights]),
            TensorMemory.Of<T>(tensors[Bias]));
        _rows = [.. Slices.Of(_batch, TTile.RowUnit)];
        _slices = new RecurrentSlice<T, TTile, TCell>?[_stops.Count, _rows.Length];
    }

    private int Steps => _stops[^1];

    private long StateSize => (long)_batch * _weights.Hidden;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor[] tensors)
    {
        int states = TCell.HasCell ? 2 : 1;
        (long length, long rows) = _call.Result switch
        {
            RecurrentResult.Outputs => (Steps, _batch),
            RecurrentResult.State => (states, (long)_stops.Count * _batch),
            _ => (Steps + states - 1, _batch),
        };
        Tensor result = empty(length, rows, _weights.Hidden, dtype: tensors[Inputs].dtype); // [length, rows, H]
        T* x = TensorMemory.Of<T>(tensors[Inputs]), h = TensorMemory.Of<T>(tensors[Hidden]);
        T* c = TCell.HasCell ? TensorMemory.Of<T>(tensors[Cell]) : null;
        T* to = TensorMemory.Of<T>(result);
        T* outputs = _call.Result == RecurrentResult.State ? null : to;
        T* lastHidden = _call.Result == RecurrentResult.State ? to : to + (Steps - 1) * StateSize, lastCell = lastHidden + _stops.Count * StateSize;
        if (_call.Result == RecurrentResult.Outputs)
        {
            _call.Hidden = empty_like(tensors[Hidden]); // [B, H]
            lastHidden = TensorMemory.Of<T>(_call.Hidden);
            if (TCell.HasCell)
            {
                _call.Cell = empty_like(tensors[Cell]); // [B, H]
                lastCell = TensorMemory.Of<T>(_call.Cell);
            }
        }

        Slices.Run(_rows.Length, i =>
        {
            T* hidden = h, cell = c;
            for (int piece = 0; piece < _stops.Count; piece++)
            {
                int from = From(piece);
                T* hiddenAfter = lastHidden + piece * StateSize, cellAfter = lastCell + piece * StateSize;
                var slice = new RecurrentSlice<T, TTile, TCell>(_weights, _stops[piece] - from, _batch, _rows[i].First, _rows[i].Count, _records);
                slice.Forward(x + (long)from * _batch * _weights.Inputs, hidden, cell, outputs, hiddenAfter, cellAfter);
                hidden = hiddenAfter;
                cell = cellAfter;
                if (_records)
                {
                    _slices[piece, i] = slice;
                }
                else
                {
                    slice.Dispose();
                }
            }
        });

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
                "Backpropagation went through one call of a recurrent layer twice, but its record was given back the first time: call the layer again.");
        }

        using Tensor given = gradient.contiguous(); // [length, rows, H]
        using Tensor hidden = zeros_like(tensors[Hidden]); // [B, H]
        using Tensor? cell = TCell.HasCell ? zeros_like(tensors[Cell]) : null; // [B, H]
        bool needsInputs = tensors[Inputs].requires_grad;
        Tensor? inputs = needsInputs ? empty_like(tensors[Inputs]) : null; // [t, B, I]
        Tensor[] weights = [.. tensors[InputWeights..(Bias + 1)].Select(weight => zeros_like(weight))];
        GradientSums<T>[] sums =
            [.. _rows.Select(_ => new GradientSums<T>(_weights.InputRows, _weights.HiddenRows, _weights.Products))];
        _weights.PackBackward(needsInputs);
        T* x = TensorMemory.Of<T>(tensors[Inputs]), dh = TensorMemory.Of<T>(hidden), d = TensorMemory.Of<T>(given);
        T* dc = cell is null ? null : TensorMemory.Of<T>(cell);
        T* dOutputs = _call.Result == RecurrentResult.State ? null : d;
        T* dLastHidden = _call.Result == RecurrentResult.State ? d : null;
        T* dLastCell = cell is null || _call.Result == RecurrentResult.Outputs
            ? null
            : d + (_call.Result == RecurrentResult.State ? _stops.Count : Steps) * StateSize;
        T* dx = inputs is null ? null : TensorMemory.Of<T>(inputs);
        Slices.Run(_rows.Length, i =>
        {
            for (int piece = _stops.Count - 1; piece >= 0; piece--)
            {
                // What comes back to a stop is its own gradient and that of what was read on from it.
                Add(dh, dLastHidden, piece, i);
                Add(dc, dLastCell, piece, i);
                long read = (long)From(piece) * _batch * _weights.Inputs;
                _slices[piece, i]!.Backward(x + read, dOutputs, dh, dc, dx == null ? null : dx + read, sums[i]);
            }
        });

        // In the order of the slices, so that equal runs give equal sums.
        foreach (GradientSums<T> sum in sums)
        {
            _weights.InputMap.AddTo(TensorMemory.Of<T>(weights[0]), sum.Input.Pointer, _weights.InputRows);
            _weights.HiddenMap.AddTo(TensorMemory.Of<T>(weights[1]), sum.Hidden.Pointer, _weights.HiddenRows);
            _weights.BiasMap.AddTo(TensorMemory.Of<T>(weights[2]), sum.Bias.Pointer, 1);
            sum.Dispose();
        }

        return [inputs!, Needed(Hidden, hidden), .. weights, .. cell is null ? Array.Empty<Tensor>() : [Needed(Cell, cell)]];

        // What needs no gradient gets none, or nobody would dispose of it.
        Tensor Needed(int i, Tensor state) => tensors[i].requires_grad ? state.alias() : null!;
    }

    private int From(int piece) => piece == 0 ? 0 : _stops[piece - 1];

    /// <summary>Adds the gradient of a stop's state, on the rows of a slice; null for none.</summary>
    private void Add(T* sum, T* gradient, int piece, int slice)
    {
        if (gradient == null)
        {
            return;
        }

        gradient += piece * StateSize;
        long first = (long)_rows[slice].First * _weights.Hidden, end = first + (long)_rows[slice].Count * _weights.Hidden;
        for (long i = first; i < end; i++)
        {
            sum[i] += gradient[i];
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _disposed = true;
        _weights.Dispose();
        foreach (RecurrentSlice<T, TTile, TCell>? slice in _slices)
        {
            slice?.Dispose();
        }
    }
}
