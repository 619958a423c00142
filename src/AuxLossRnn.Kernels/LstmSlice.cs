using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuxLossRnn.Kernels;

/// <summary>One LSTM layer over some rows of a batch: forward and backward through a whole sequence on one core.</summary>
/// <remarks>
/// The rows of a batch never meet in the recurrence, so each core takes some of them for the whole sequence and waits for
/// nobody. Inside, a matrix <c>[R, n]</c> is kept as panels <c>[n / 4V, R, 4V]</c>: a tile is contiguous, and a panel of gates
/// holds the four gates of V units, so that they are finished while they are in the first-level cache.
/// Over 300 lines, because forward and backward share one layout of buffers: apart, each would have to explain it anew.
/// </remarks>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
internal sealed unsafe class LstmSlice<T, TTile> : IDisposable
    where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    where TTile : ITile<T>
{
    // Weight gradients sum over rows and steps: about this many at a time keep the tiles busy and fit the second-level cache.
    private const int SummedRows = 256;

    private readonly LstmOperands<T, TTile> _weights;
    private readonly int _steps, _batch, _first, _rows, _padded;
    private readonly bool _records;
    private readonly KernelBuffer<T> _gates, _hidden, _cell;

    /// <summary>A slice.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="steps">The time steps t.</param>
    /// <param name="batch">The rows B of the whole batch.</param>
    /// <param name="first">The slice's first row.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="records">Whether a backward pass will follow.</param>
    public LstmSlice(LstmOperands<T, TTile> weights, int steps, int batch, int first, int rows, bool records)
    {
        (_weights, _steps, _batch, _first, _rows, _records) = (weights, steps, batch, first, rows, records);
        _padded = Panels.PaddedRows(rows);

        // Without a record, two steps' states take turns.
        int kept = records ? steps : 1;
        _gates = KernelBuffer<T>.Rent((long)kept * _padded * Width * weights.Gates);
        _hidden = KernelBuffer<T>.Rent((long)(kept + 1) * StateSize);
        _cell = KernelBuffer<T>.Rent((long)(kept + 1) * StateSize);
    }

    private static int V => Lanes.Count<T>();

    private static int Width => Panels.Width<T>();

    private int StateSize => _padded * _weights.PaddedHidden;

    /// <summary>Reads the sequence.</summary>
    /// <param name="x">The inputs, <c>[t, B, I]</c>.</param>
    /// <param name="hidden">h before the first step, <c>[B, H]</c>.</param>
    /// <param name="cell">c before the first step, <c>[B, H]</c>.</param>
    /// <param name="outputs">Takes h after each step, <c>[t, B, H]</c>; null if they are not needed.</param>
    /// <param name="lastHidden">Takes h after the last step, <c>[B, H]</c>.</param>
    /// <param name="lastCell">Takes c after the last step, <c>[B, H]</c>.</param>
    public void Forward(T* x, T* hidden, T* cell, T* outputs, T* lastHidden, T* lastCell)
    {
        int wide = _weights.PaddedInputs, size = _weights.PaddedHidden, pack = TTile.Pack;
        using var inputRows = KernelBuffer<T>.Zeros((long)_padded * wide);
        using var inputWords = KernelBuffer<T>.Rent((long)_padded * wide);
        using var hiddenWords = KernelBuffer<T>.Rent(StateSize);
        foreach ((KernelBuffer<T> states, nint first) in new[] { (_hidden, (nint)hidden), (_cell, (nint)cell) })
        {
            // Padding begins with zeros, and every step keeps them.
            new Span<T>(State(states, 0), StateSize).Clear();
            CopyIn(State(states, 0), (T*)first, _weights.Hidden, size);
        }

        for (int t = 0; t < _steps; t++)
        {
            T* before = State(_hidden, t), after = State(_hidden, t + 1);
            CopyIn(inputRows.Pointer, x + (long)t * _batch * _weights.Inputs, _weights.Inputs, wide);
            T* h = Panels.Columns<T, TTile>(before, hiddenWords, StateSize);
            T* a = _weights.Few ? inputRows.Pointer : Panels.Columns<T, TTile>(inputRows.Pointer, inputWords, _padded * wide);
            int inputStride = _weights.Few ? wide : wide / pack;
            for (int panel = 0; panel < _weights.Gates; panel++)
            {
                T* gates = Gates(t) + (long)panel * _padded * Width;
                T* bias = _weights.Bias.Pointer + panel * Width;
                for (int row = 0; row < _padded; row += Tile<T>.Rows)
                {
                    // [i f g o] = W_x x + W_h h + b
                    T* tile = gates + row * Width;
                    Panels.Fill(tile, bias);
                    T* columns = _weights.InputForward.Pointer + (long)panel * inputStride * Width;
                    if (_weights.Few)
                    {
                        Tile<T>.MultiplyAdd(tile, a + row * inputStride, inputStride, 1, 0, columns, inputStride, 1);
                    }
                    else
                    {
                        TTile.MultiplyAdd(tile, a + row * inputStride, inputStride, 1, 0, columns, inputStride, 1);
                    }

                    TTile.MultiplyAdd(
                        tile, h + row * (size / pack), size / pack, 1, 0,
                        _weights.HiddenForward.Pointer + (long)panel * (size / pack) * Width, size / pack, 1);
                    long at = (long)row * size + panel * V;
                    Activate(tile, State(_cell, t) + at, State(_cell, t + 1) + at, after + at, size);
                }
            }

            if (outputs != null)
            {
                CopyOut(outputs + (long)t * _batch * _weights.Hidden, after, _weights.Hidden, size);
            }
        }

        CopyOut(lastHidden, State(_hidden, _steps), _weights.Hidden, size);
        CopyOut(lastCell, State(_cell, _steps), _weights.Hidden, size);
    }

    /// <summary>The gradients of everything; called once, after a recorded forward pass.</summary>
    /// <param name="x">The inputs, <c>[t, B, I]</c>.</param>
    /// <param name="outputs">The gradient of the outputs, <c>[t, B, H]</c>, or null for none.</param>
    /// <param name="hidden">The gradient of h after the last step on the way in, before the first on the way out, <c>[B, H]</c>.</param>
    /// <param name="cell">The same of c.</param>
    /// <param name="inputs">Takes the inputs' gradient, <c>[t, B, I]</c>; null if it is not needed.</param>
    /// <param name="sums">Takes the weights' gradients, added up over the rows of this slice.</param>
    public void Backward(T* x, T* outputs, T* hidden, T* cell, T* inputs, LstmGradientSums<T> sums)
    {
        int size = _weights.PaddedHidden, wide = _weights.PaddedInputs, pack = TTile.Pack, panels = _weights.Gates;
        int block = Math.Max(1, SummedRows / _padded);
        long gateRows = (long)block * _padded;
        using var gradient = KernelBuffer<T>.Rent(gateRows * Width * panels); // [panels, block · R, 4V]
        using var stepWords = KernelBuffer<T>.Rent((long)_padded * Width * panels);
        using var blockWords = KernelBuffer<T>.Rent(gateRows * Width * panels);
        using var hiddenWords = KernelBuffer<T>.Rent(gateRows * size);
        using var inputRows = KernelBuffer<T>.Zeros(gateRows * wide);
        using var inputWords = KernelBuffer<T>.Rent(gateRows * wide);
        using var hiddenGradient = KernelBuffer<T>.Zeros((long)_padded * Width * _weights.HiddenPanels); // [panels, R, 4V]
        using var cellGradient = KernelBuffer<T>.Zeros(StateSize); // [R, H]
        using var inputGradient = KernelBuffer<T>.Rent((long)_padded * Width * _weights.InputPanels);
        AddPanels(hiddenGradient.Pointer, hidden);
        CopyIn(cellGradient.Pointer, cell, _weights.Hidden, size);
        for (int t = _steps - 1; t >= 0; t--)
        {
            int inBlock = t % block;
            if (outputs != null)
            {
                AddPanels(hiddenGradient.Pointer, outputs + (long)t * _batch * _weights.Hidden);
            }

            T* step = gradient.Pointer + (long)inBlock * _padded * Width;
            for (int panel = 0; panel < panels; panel++)
            {
                Differentiate(
                    Gates(t) + (long)panel * _padded * Width, State(_cell, t) + panel * V, State(_cell, t + 1) + panel * V,
                    hiddenGradient.Pointer + (long)(panel / 4) * _padded * Width + panel % 4 * V,
                    cellGradient.Pointer + panel * V, step + panel * gateRows * Width, sums.Bias.Pointer + panel * Width);
            }

            // dh = dgates · W_h, dx = dgates · W_x
            T* a = step;
            nint aRow = Width, aBlock = (nint)gateRows * Width;
            if (pack > 1)
            {
                a = stepWords.Pointer;
                aRow = Width / pack;
                aBlock = _padded * aRow;
                for (int panel = 0; panel < panels; panel++)
                {
                    TTile.PackColumns(a + panel * aBlock, step + panel * gateRows * Width, (long)_padded * Width);
                }
            }

            int words = Width / pack;
            Panels.Multiply<T, TTile>(
                hiddenGradient.Pointer, _padded, _weights.HiddenPanels, null, a, aRow, aBlock, _weights.HiddenBackward.Pointer, words, panels);
            if (inputs != null)
            {
                Panels.Multiply<T, TTile>(
                    inputGradient.Pointer, _padded, _weights.InputPanels, null, a, aRow, aBlock, _weights.InputBackward.Pointer, words,
                    panels);
                CopyPanels(inputs + (long)t * _batch * _weights.Inputs, inputGradient.Pointer, _weights.Inputs);
            }

            if (inBlock == 0)
            {
                int rows = Math.Min(block, _steps - t) * _padded;
                for (int s = 0; s * _padded < rows; s++)
                {
                    CopyIn(
                        inputRows.Pointer + (long)s * _padded * wide, x + (long)(t + s) * _batch * _weights.Inputs,
                        _weights.Inputs, wide);
                }

                SumWeights(
                    sums, rows, gateRows, gradient.Pointer, blockWords.Pointer, State(_hidden, t), hiddenWords.Pointer,
                    inputRows.Pointer, inputWords.Pointer);
            }
        }

        CopyPanels(hidden, hiddenGradient.Pointer, _weights.Hidden);
        CopyOut(cell, cellGradient.Pointer, _weights.Hidden, size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gates.Dispose();
        _hidden.Dispose();
        _cell.Dispose();
    }

    private T* State(KernelBuffer<T> states, int t) => states.Pointer + (long)(_records ? t : t % 2) * StateSize;

    private T* Gates(int t) => _gates.Pointer + (_records ? (long)t * _padded * Width * _weights.Gates : 0);

    /// <summary>i, f, o = σ(·), g = tanh(·), c' = f ∘ c + i ∘ g, h' = o ∘ tanh c'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(T* gates, T* cell, T* nextCell, T* nextHidden, int stride)
    {
        for (int row = 0; row < Tile<T>.Rows; row++, gates += Width, cell += stride, nextCell += stride, nextHidden += stride)
        {
            Vector512<T> i = Lanes.Sigmoid(Vector512.Load(gates));
            Vector512<T> f = Lanes.Sigmoid(Vector512.Load(gates + V));
            Vector512<T> g = Lanes.Tanh(Vector512.Load(gates + 2 * V));
            Vector512<T> o = Lanes.Sigmoid(Vector512.Load(gates + 3 * V));
            Vector512<T> c = Lanes.MultiplyAdd(f, Vector512.Load(cell), i * g);
            i.Store(gates);
            f.Store(gates + V);
            g.Store(gates + 2 * V);
            o.Store(gates + 3 * V);
            c.Store(nextCell);
            (o * Lanes.Tanh(c)).Store(nextHidden);
        }
    }

    /// <summary>The gradients of one panel of gates before their activations, and of the cell before the step.</summary>
    /// <remarks>
    /// <code>
    /// dc += dh ∘ o ∘ (1 − tanh² c')
    /// di = dc ∘ g ∘ i(1 − i)   df = dc ∘ c ∘ f(1 − f)   dg = dc ∘ i ∘ (1 − g²)   do = dh ∘ tanh c' ∘ o(1 − o)   dc ← dc ∘ f
    /// </code>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Differentiate(T* gates, T* cell, T* nextCell, T* dHidden, T* dCell, T* dGates, T* dBias)
    {
        int size = _weights.PaddedHidden;
        Vector512<T> one = Vector512<T>.One;
        Vector512<T> bi = Vector512.Load(dBias), bf = Vector512.Load(dBias + V);
        Vector512<T> bg = Vector512.Load(dBias + 2 * V), bo = Vector512.Load(dBias + 3 * V);
        for (int row = 0; row < _padded; row++)
        {
            Vector512<T> i = Vector512.Load(gates), f = Vector512.Load(gates + V);
            Vector512<T> g = Vector512.Load(gates + 2 * V), o = Vector512.Load(gates + 3 * V);
            Vector512<T> tanh = Lanes.Tanh(Vector512.Load(nextCell));
            Vector512<T> dh = Vector512.Load(dHidden);
            Vector512<T> dc = Lanes.MultiplyAdd(dh * o, one - tanh * tanh, Vector512.Load(dCell));
            Vector512<T> di = dc * g * (i * (one - i));
            Vector512<T> df = dc * Vector512.Load(cell) * (f * (one - f));
            Vector512<T> dg = dc * i * (one - g * g);
            Vector512<T> dO = dh * tanh * (o * (one - o));
            (dc * f).Store(dCell);
            di.Store(dGates);
            df.Store(dGates + V);
            dg.Store(dGates + 2 * V);
            dO.Store(dGates + 3 * V);
            bi += di;
            bf += df;
            bg += dg;
            bo += dO;
            gates += Width;
            dGates += Width;
            dHidden += Width;
            cell += size;
            nextCell += size;
            dCell += size;
        }

        bi.Store(dBias);
        bf.Store(dBias + V);
        bg.Store(dBias + 2 * V);
        bo.Store(dBias + 3 * V);
    }

    /// <summary>dW_h += hᵀ · dgates and dW_x += xᵀ · dgates over the rows of some steps.</summary>
    private void SumWeights(
        LstmGradientSums<T> sums, int rows, long gateRows, T* gradient, T* gradientWords, T* hidden, T* hiddenWords, T* inputs,
        T* inputWords)
    {
        int size = _weights.PaddedHidden, wide = _weights.PaddedInputs, panels = _weights.Gates, k = rows / TTile.Pack;
        T* b = gradient;
        if (TTile.Pack > 1)
        {
            b = gradientWords;
            for (int panel = 0; panel < panels; panel++)
            {
                TTile.PackRows(b + panel * gateRows * Width, gradient + panel * gateRows * Width, rows, Width);
            }
        }

        if (_weights.Few)
        {
            Panels.AddTransposed<T, Tile<T>>(sums.Input.Pointer, panels, inputs, wide, gradient, gateRows * Width, rows);
        }
        else
        {
            T* a = Panels.Rows<T, TTile>(inputs, inputWords, rows, wide);
            Panels.AddTransposed<T, TTile>(sums.Input.Pointer, panels, a, wide, b, gateRows * Width, k);
        }

        T* h = Panels.Rows<T, TTile>(hidden, hiddenWords, rows, size);
        Panels.AddTransposed<T, TTile>(sums.Hidden.Pointer, panels, h, size, b, gateRows * Width, k);
    }

    /// <summary>This slice's rows of <c>[B, n]</c> to <c>[R, padded]</c>; padding keeps its zeros.</summary>
    private void CopyIn(T* to, T* from, int columns, int padded)
    {
        for (int row = 0; row < _rows; row++)
        {
            new ReadOnlySpan<T>(from + (long)(_first + row) * columns, columns).CopyTo(new Span<T>(to + (long)row * padded, columns));
        }
    }

    private void CopyOut(T* to, T* from, int columns, int padded)
    {
        for (int row = 0; row < _rows; row++)
        {
            new ReadOnlySpan<T>(from + (long)row * padded, columns).CopyTo(new Span<T>(to + (long)(_first + row) * columns, columns));
        }
    }

    /// <summary>Adds this slice's rows of <c>[B, H]</c> to panels.</summary>
    private void AddPanels(T* panels, T* from)
    {
        int hidden = _weights.Hidden;
        for (int start = 0; start < hidden; start += Width, panels += (long)_padded * Width)
        {
            int columns = Math.Min(Width, hidden - start);
            for (int row = 0; row < _rows; row++)
            {
                T* source = from + (long)(_first + row) * hidden + start;
                T* to = panels + row * Width;
                int j = 0;
                for (; j + V <= columns; j += V)
                {
                    (Vector512.Load(to + j) + Vector512.Load(source + j)).Store(to + j);
                }

                for (; j < columns; j++)
                {
                    to[j] += source[j];
                }
            }
        }
    }

    /// <summary>Copies panels to this slice's rows of <c>[B, n]</c>.</summary>
    private void CopyPanels(T* to, T* panels, int count)
    {
        for (int start = 0; start < count; start += Width, panels += (long)_padded * Width)
        {
            int columns = Math.Min(Width, count - start);
            for (int row = 0; row < _rows; row++)
            {
                new ReadOnlySpan<T>(panels + row * Width, columns)
                    .CopyTo(new Span<T>(to + (long)(_first + row) * count + start, columns));
            }
        }
    }
}
