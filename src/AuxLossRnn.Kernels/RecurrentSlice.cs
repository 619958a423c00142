using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AuxLossRnn.Kernels;

/// <summary>One recurrent layer over some rows of a batch: forward and backward through a whole sequence on one core.</summary>
/// <remarks>
/// The rows of a batch never meet in the recurrence, so each core takes some of them for the whole sequence and waits for
/// nobody. Inside, a matrix <c>[R, n]</c> is kept as panels <c>[n / W, R, W]</c> of a tile's width W: a tile is contiguous. A group of products
/// is one panel or four, finished while it is in cache.
/// Over 300 lines, because forward and backward share one layout of buffers: apart, each would have to explain it anew.
/// </remarks>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
/// <typeparam name="TCell">The network.</typeparam>
internal sealed unsafe class RecurrentSlice<T, TTile, TCell> : IDisposable
    where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    where TTile : ITile<T>
    where TCell : ICell<T>
{
    // Weight gradients sum over rows and steps: about this many at a time keep the tiles busy and fit the second-level cache.
    private const int SummedRows = 256;

    private readonly RecurrentOperands<T, TTile, TCell> _weights;
    private readonly int _steps, _batch, _first, _rows, _padded;
    private readonly bool _records;
    private readonly KernelBuffer<T> _products, _hidden, _cell;

    /// <summary>A slice.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="steps">The time steps t.</param>
    /// <param name="batch">The rows B of the whole batch.</param>
    /// <param name="first">The slice's first row.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="records">Whether a backward pass will follow.</param>
    public RecurrentSlice(RecurrentOperands<T, TTile, TCell> weights, int steps, int batch, int first, int rows, bool records)
    {
        (_weights, _steps, _batch, _first, _rows, _records) = (weights, steps, batch, first, rows, records);
        _padded = Panels.PaddedRows<T, TTile>(rows);

        // Without a record, two steps' states take turns.
        int kept = records ? steps : 1;
        _products = KernelBuffer<T>.Rent((KeepsProducts ? (long)kept : 1) * _padded * Width * weights.Products);
        _hidden = KernelBuffer<T>.Rent((long)(kept + 1) * StateSize);
        _cell = KernelBuffer<T>.Rent(TCell.HasCell ? (long)(kept + 1) * StateSize : 0);
    }

    private static int GroupWidth => RecurrentOperands<T, TTile, TCell>.GroupWidth;

    private static int V => Lanes.Count<T>();

    private static int Width => Panels.Width<T>();

    private bool KeepsProducts => _records && TCell.KeepsProducts;

    private int StateSize => _padded * _weights.PaddedHidden;

    /// <summary>Reads the sequence.</summary>
    /// <param name="x">The inputs, <c>[t, B, I]</c>.</param>
    /// <param name="hidden">h before the first step, <c>[B, H]</c>.</param>
    /// <param name="cell">c before the first step, <c>[B, H]</c>.</param>
    /// <param name="outputs">Takes h after each step, <c>[t, B, H]</c>; null if they are not needed.</param>
    /// <param name="lastHidden">Takes h after the last step, <c>[B, H]</c>.</param>
    /// <param name="lastCell">Takes c after the last step, <c>[B, H]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(T* x, T* hidden, T* cell, T* outputs, T* lastHidden, T* lastCell)
    {
        int wide = _weights.PaddedInputs, size = _weights.PaddedHidden, pack = TTile.Pack;
        using var inputRows = KernelBuffer<T>.Zeros((long)_padded * wide);
        using var inputWords = KernelBuffer<T>.Rent((long)_padded * wide);
        using var hiddenWords = KernelBuffer<T>.Rent(StateSize);
        First(_hidden, hidden);
        if (TCell.HasCell)
        {
            First(_cell, cell);
        }

        for (int t = 0; t < _steps; t++)
        {
            T* before = State(_hidden, t), after = State(_hidden, t + 1);
            CopyIn(inputRows.Pointer, x + (long)t * _batch * _weights.Inputs, _weights.Inputs, wide);
            T* h = Panels.Columns<T, TTile>(before, hiddenWords, StateSize);
            T* a = _weights.Few ? inputRows.Pointer : Panels.Columns<T, TTile>(inputRows.Pointer, inputWords, _padded * wide);
            int inputStride = _weights.Few ? wide : wide / pack;
            for (int group = 0; group < _weights.Groups; group++)
            {
                T* products = Products(t) + (long)group * _padded * GroupWidth;
                for (int panel = 0; panel < GroupWidth / Width; panel++)
                {
                    Multiply(
                        products + (long)panel * _padded * Width, group * (GroupWidth / Width) + panel, a, inputStride, h, size / pack);
                }

                TCell.Activate(products, Chunk(_padded), States(t, group * _weights.Units), _padded);
            }

            if (outputs != null)
            {
                CopyOut(outputs + (long)t * _batch * _weights.Hidden, after, _weights.Hidden, size);
            }
        }

        CopyOut(lastHidden, State(_hidden, _steps), _weights.Hidden, size);
        if (TCell.HasCell)
        {
            CopyOut(lastCell, State(_cell, _steps), _weights.Hidden, size);
        }
    }

    /// <summary>The gradients of everything; called once, after a recorded forward pass.</summary>
    /// <param name="x">The inputs, <c>[t, B, I]</c>.</param>
    /// <param name="outputs">The gradient of the outputs, <c>[t, B, H]</c>, or null for none.</param>
    /// <param name="hidden">The gradient of h after the last step on the way in, before the first on the way out, <c>[B, H]</c>.</param>
    /// <param name="cell">The same of c.</param>
    /// <param name="inputs">Takes the inputs' gradient, <c>[t, B, I]</c>; null if it is not needed.</param>
    /// <param name="sums">Takes the weights' gradients, added up over the rows of this slice.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(T* x, T* outputs, T* hidden, T* cell, T* inputs, GradientSums<T> sums)
    {
        int size = _weights.PaddedHidden, wide = _weights.PaddedInputs, pack = TTile.Pack, panels = _weights.Products;
        int block = Math.Max(1, SummedRows / _padded);
        long productRows = (long)block * _padded;
        using var gradient = KernelBuffer<T>.Rent(productRows * Width * panels); // [panels, block · R, W]
        using var stepWords = KernelBuffer<T>.Rent((long)_padded * Width * panels);
        using var blockWords = KernelBuffer<T>.Rent(productRows * Width * panels);
        using var hiddenWords = KernelBuffer<T>.Rent(productRows * size);
        using var inputRows = KernelBuffer<T>.Zeros(productRows * wide);
        using var inputWords = KernelBuffer<T>.Rent(productRows * wide);
        using var hiddenGradient = KernelBuffer<T>.Zeros((long)_padded * Width * _weights.HiddenPanels); // [panels, R, W]
        using var cellGradient = KernelBuffer<T>.Zeros(TCell.HasCell ? StateSize : 0); // [R, H]
        using var inputGradient = KernelBuffer<T>.Rent((long)_padded * Width * _weights.InputPanels);
        AddPanels(hiddenGradient.Pointer, hidden);
        if (TCell.HasCell)
        {
            CopyIn(cellGradient.Pointer, cell, _weights.Hidden, size);
        }

        for (int t = _steps - 1; t >= 0; t--)
        {
            int inBlock = t % block;
            if (outputs != null)
            {
                AddPanels(hiddenGradient.Pointer, outputs + (long)t * _batch * _weights.Hidden);
            }

            T* step = gradient.Pointer + (long)inBlock * _padded * Width;
            for (int group = 0; group < _weights.Groups; group++)
            {
                int unit = group * _weights.Units, column = group * GroupWidth;
                TCell.Differentiate(
                    Products(t) + (long)column * _padded, Chunk(_padded), States(t, unit),
                    hiddenGradient.Pointer + (long)(unit / Width) * _padded * Width + unit % Width, cellGradient.Pointer + unit,
                    step + column * productRows, Chunk(productRows), sums.Bias.Pointer + column, _padded);
            }

            // dh = dproducts · W_h, dx = dproducts · W_x
            T* a = step;
            nint aRow = Width, aBlock = (nint)productRows * Width;
            if (pack > 1)
            {
                a = stepWords.Pointer;
                aRow = Width / pack;
                aBlock = _padded * aRow;
                for (int panel = 0; panel < panels; panel++)
                {
                    TTile.PackColumns(a + panel * aBlock, step + panel * productRows * Width, (long)_padded * Width);
                }
            }

            int words = Width / pack;
            Panels.Multiply<T, TTile>(
                hiddenGradient.Pointer, _padded, _weights.HiddenPanels, null, a, aRow, aBlock, _weights.HiddenBackward.Pointer, words, panels,
                adds: TCell.PassesHidden);
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
                    sums, rows, productRows, gradient.Pointer, blockWords.Pointer, State(_hidden, t), hiddenWords.Pointer,
                    inputRows.Pointer, inputWords.Pointer);
            }
        }

        CopyPanels(hidden, hiddenGradient.Pointer, _weights.Hidden);
        if (TCell.HasCell)
        {
            CopyOut(cell, cellGradient.Pointer, _weights.Hidden, size);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _products.Dispose();
        _hidden.Dispose();
        _cell.Dispose();
    }

    private T* State(KernelBuffer<T> states, int t) => states.Pointer + (long)(_records ? t : t % 2) * StateSize;

    private T* Products(int t) => _products.Pointer + (KeepsProducts ? (long)t * _padded * Width * _weights.Products : 0);

    private CellStates<T> States(int t, long first) => new(
        State(_hidden, t) + first, State(_hidden, t + 1) + first,
        TCell.HasCell ? State(_cell, t) + first : null, TCell.HasCell ? State(_cell, t + 1) + first : null, _weights.PaddedHidden);

    /// <summary>The elements from one chunk of a group to the next, in panels of some rows.</summary>
    private static long Chunk(long rows) => Width == V ? rows * V : V;

    /// <summary>The state before the first step; padding begins with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void First(KernelBuffer<T> states, T* from)
    {
        new Span<T>(State(states, 0), StateSize).Clear();
        CopyIn(State(states, 0), from, _weights.Hidden, _weights.PaddedHidden);
    }

    /// <summary>One panel of W_x x + W_h h + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(T* products, int panel, T* x, int inputs, T* h, int hidden)
    {
        T* bias = _weights.Bias.Pointer + panel * Width;
        T* ofInput = _weights.InputForward.Pointer + (long)panel * inputs * Width;
        T* ofHidden = _weights.HiddenForward.Pointer + (long)panel * hidden * Width;
        for (int row = 0, some = 0; row < _padded; row += some, products += some * Width)
        {
            some = Panels.TileRows(_padded - row);
            Panels.Fill(products, bias, some);
            if (_weights.Few)
            {
                Tile<T>.MultiplyAdd(products, x + row * inputs, inputs, 1, 0, ofInput, inputs, 1, some);
            }
            else
            {
                TTile.MultiplyAdd(products, x + row * inputs, inputs, 1, 0, ofInput, inputs, 1, some);
            }

            TTile.MultiplyAdd(products, h + row * hidden, hidden, 1, 0, ofHidden, hidden, 1, some);
        }
    }

    /// <summary>dW_h += hᵀ · dproducts and dW_x += xᵀ · dproducts over the rows of some steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumWeights(
        GradientSums<T> sums, int rows, long productRows, T* gradient, T* gradientWords, T* hidden, T* hiddenWords, T* inputs,
        T* inputWords)
    {
        int size = _weights.PaddedHidden, wide = _weights.PaddedInputs, panels = _weights.Products, k = rows / TTile.Pack;
        T* b = gradient;
        if (TTile.Pack > 1)
        {
            b = gradientWords;
            for (int panel = 0; panel < panels; panel++)
            {
                TTile.PackRows(b + panel * productRows * Width, gradient + panel * productRows * Width, rows, Width);
            }
        }

        if (_weights.Few)
        {
            Panels.AddTransposed<T, Tile<T>>(sums.Input.Pointer, panels, inputs, wide, gradient, productRows * Width, rows);
        }
        else
        {
            T* a = Panels.Rows<T, TTile>(inputs, inputWords, rows, wide);
            Panels.AddTransposed<T, TTile>(sums.Input.Pointer, panels, a, wide, b, productRows * Width, k);
        }

        T* h = Panels.Rows<T, TTile>(hidden, hiddenWords, rows, size);
        Panels.AddTransposed<T, TTile>(sums.Hidden.Pointer, panels, h, size, b, productRows * Width, k);
    }

    /// <summary>This slice's rows of <c>[B, n]</c> to <c>[R, padded]</c>; padding keeps its zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyIn(T* to, T* from, int columns, int padded)
    {
        for (int row = 0; row < _rows; row++)
        {
            new ReadOnlySpan<T>(from + (long)(_first + row) * columns, columns).CopyTo(new Span<T>(to + (long)row * padded, columns));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyOut(T* to, T* from, int columns, int padded)
    {
        for (int row = 0; row < _rows; row++)
        {
            new ReadOnlySpan<T>(from + (long)row * padded, columns).CopyTo(new Span<T>(to + (long)(_first + row) * columns, columns));
        }
    }

    /// <summary>Adds this slice's rows of <c>[B, H]</c> to panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
