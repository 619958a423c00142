using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using AuxLossRnn.Models;

namespace AuxLossRnn.Kernels;

/// <summary>The shapes of two feed-forward layers with a token loss on top.</summary>
/// <param name="Inputs">The inputs D.</param>
/// <param name="Hidden">The hidden units M.</param>
/// <param name="Features">The features F of a step.</param>
/// <param name="Levels">The levels of a token; 0 for squared error on values.</param>
/// <param name="Activation">The activation between the layers.</param>
internal sealed record TokenLossShape(int Inputs, int Hidden, int Features, int Levels, Activation Activation);

/// <summary>The weights of two feed-forward layers as operands.</summary>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
internal sealed unsafe class TokenLossOperands<T, TTile> : IDisposable
    where T : unmanaged
    where TTile : ITile<T>
{
    // The logit of padding: nothing is left of its exponential.
    private const float NoLevel = -1e30f;

    /// <summary>Packs them.</summary>
    /// <param name="shape">The shapes.</param>
    /// <param name="w1">W₁, <c>[M, D]</c>.</param>
    /// <param name="b1">b₁, <c>[M]</c>.</param>
    /// <param name="w2">W₂, <c>[O, M]</c>.</param>
    /// <param name="b2">b₂, <c>[O]</c>.</param>
    /// <param name="backward">Whether gradients are needed.</param>
    public TokenLossOperands(TokenLossShape shape, T* w1, T* b1, T* w2, T* b2, bool backward)
    {
        int v = Lanes.Count<T>(), width = Panels.Width<T>();
        Shape = shape;
        OutputBias = b2;
        PaddedInputs = (shape.Inputs + v - 1) / v * v;
        HiddenPanels = Panels.Count<T>(shape.Hidden);
        LevelStride = (shape.Levels + v - 1) / v * v;
        OutputPanels = Panels.Count<T>(shape.Features * LevelStride);
        long[] inputs = OperandMap.Range(shape.Inputs, PaddedInputs), hidden = OperandMap.Range(shape.Hidden, HiddenPanels * width);
        FirstMap = new OperandMap(inputs, OperandMap.Range(shape.Hidden, HiddenPanels * width, shape.Inputs));
        SecondMap = new OperandMap(hidden, Outputs(shape.Hidden));
        FirstBiasMap = new OperandMap([0], hidden);
        SecondBiasMap = new OperandMap([0], Outputs(1));
        First = FirstMap.Pack<T, TTile>(w1);
        Second = SecondMap.Pack<T, TTile>(w2);
        FirstBias = FirstBiasMap.Pack<T, Tile<T>>(b1);
        SecondBias = SecondBiasMap.Pack<T, Tile<T>>(b2);
        for (int j = 0; j < SecondBiasMap.Columns.Length && shape.Levels > 0; j++)
        {
            if (SecondBiasMap.Columns[j] < 0)
            {
                SecondBias.Pointer[j] = Lanes.Scalar<T>(NoLevel);
            }
        }

        if (shape.Levels == 0)
        {
            // A value a feature is too little for a product: its weights are read row by row.
            Values = KernelBuffer<T>.Zeros((long)shape.Features * HiddenPanels * width);
            for (int feature = 0; feature < shape.Features; feature++)
            {
                new ReadOnlySpan<T>(w2 + (long)feature * shape.Hidden, shape.Hidden)
                    .CopyTo(new Span<T>(Values.Pointer + (long)feature * HiddenPanels * width, shape.Hidden));
            }
        }

        if (backward)
        {
            FirstBackward = new OperandMap(FirstMap.Columns, OperandMap.Range(shape.Inputs, Panels.Count<T>(shape.Inputs) * width))
                .Pack<T, TTile>(w1);
            SecondBackward = new OperandMap(SecondMap.Columns, hidden).Pack<T, TTile>(w2);
        }
    }

    public TokenLossShape Shape { get; }

    public int PaddedInputs { get; }

    public int HiddenPanels { get; }

    public int OutputPanels { get; }

    /// <summary>The columns from one feature's levels to the next one's.</summary>
    public int LevelStride { get; }

    public OperandMap FirstMap { get; }

    public OperandMap SecondMap { get; }

    public OperandMap FirstBiasMap { get; }

    public OperandMap SecondBiasMap { get; }

    public KernelBuffer<T> First { get; }

    public KernelBuffer<T> Second { get; }

    public KernelBuffer<T> FirstBias { get; }

    public KernelBuffer<T> SecondBias { get; }

    /// <summary>b₂.</summary>
    public T* OutputBias { get; }

    /// <summary>W₂ for squared error, <c>[F, M]</c>.</summary>
    public KernelBuffer<T>? Values { get; }

    public KernelBuffer<T>? FirstBackward { get; }

    public KernelBuffer<T>? SecondBackward { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        FirstBias.Dispose();
        SecondBias.Dispose();
        Values?.Dispose();
        FirstBackward?.Dispose();
        SecondBackward?.Dispose();
    }

    /// <summary>The outputs' columns: each feature's levels on registers of their own.</summary>
    private long[] Outputs(long stride)
    {
        var columns = new long[OutputPanels * Panels.Width<T>()];
        Array.Fill(columns, -1);
        for (int feature = 0; feature < Shape.Features; feature++)
        {
            for (int level = 0; level < Shape.Levels; level++)
            {
                columns[feature * LevelStride + level] = (feature * (long)Shape.Levels + level) * stride;
            }
        }

        return columns;
    }
}

/// <summary>The sum of token losses over some tokens, and its gradients, block by block on one core.</summary>
/// <remarks>
/// The loss is a sum, so that its gradient is known as soon as the loss is: no logits outlive their block, and every product finds
/// its operands in cache.
/// </remarks>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
internal sealed unsafe class TokenLossSlice<T, TTile> : IDisposable
    where T : unmanaged, System.Numerics.INumber<T>
    where TTile : ITile<T>
{
    // With the two layers' weights and gradients, what a block of this many needs fits the second-level cache.
    private const int BlockRows = 60;

    private readonly TokenLossOperands<T, TTile> _weights;
    private readonly TokenLossShape _shape;

    /// <summary>A slice.</summary>
    /// <param name="weights">The weights.</param>
    public TokenLossSlice(TokenLossOperands<T, TTile> weights)
    {
        _weights = weights;
        _shape = weights.Shape;
        int hidden = weights.HiddenPanels * Width, outputs = weights.OutputPanels * Width;
        FirstSums = KernelBuffer<T>.Zeros((long)Panels.PaddedRows(weights.PaddedInputs) * hidden);
        SecondSums = KernelBuffer<T>.Zeros(_shape.Levels == 0 ? (long)_shape.Features * hidden : (long)Panels.PaddedRows(hidden) * outputs);
        FirstBiasSums = KernelBuffer<T>.Zeros(hidden);
        SecondBiasSums = KernelBuffer<T>.Zeros(Math.Max(outputs, _shape.Features));
    }

    /// <summary>The sum of the losses.</summary>
    public double Loss { get; private set; }

    /// <summary>dW₁ᵀ, <c>[panels, D, 4V]</c>.</summary>
    public KernelBuffer<T> FirstSums { get; }

    /// <summary>dW₂ᵀ, <c>[panels, M, 4V]</c>; for squared error dW₂, <c>[F, M]</c>.</summary>
    public KernelBuffer<T> SecondSums { get; }

    /// <summary>db₁, <c>[panels, 4V]</c>.</summary>
    public KernelBuffer<T> FirstBiasSums { get; }

    /// <summary>db₂, <c>[panels, 4V]</c>.</summary>
    public KernelBuffer<T> SecondBiasSums { get; }

    private static int V => Lanes.Count<T>();

    private static int Width => Panels.Width<T>();

    /// <summary>Goes over some tokens.</summary>
    /// <param name="x">What the layers read, <c>[N, D]</c>.</param>
    /// <param name="values">The values to predict, <c>[N, F]</c>; for squared error.</param>
    /// <param name="tokens">The levels to predict, <c>[N, F]</c>; for cross-entropy.</param>
    /// <param name="gradient">Takes the gradient of x, <c>[N, D]</c>; null where no gradient is needed.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">The tokens.</param>
    public void Run(T* x, T* values, byte* tokens, T* gradient, int first, int count)
    {
        int pack = TTile.Pack, inputs = _weights.PaddedInputs, hidden = _weights.HiddenPanels * Width, outputs = _weights.OutputPanels * Width;
        int inputPanels = Panels.Count<T>(_shape.Inputs);
        using var xs = KernelBuffer<T>.Zeros(BlockRows * inputs); // [R, D]
        using var xWords = KernelBuffer<T>.Rent(BlockRows * inputs);
        using var h = KernelBuffer<T>.Rent(BlockRows * hidden); // [R, M]
        using var hWords = KernelBuffer<T>.Rent(BlockRows * hidden);
        using var hiddenPanels = KernelBuffer<T>.Rent(BlockRows * hidden); // [panels, R, 4V]
        using var hiddenWords = KernelBuffer<T>.Rent(BlockRows * hidden);
        using var outputPanels = KernelBuffer<T>.Rent(BlockRows * outputs); // [panels, R, 4V]
        using var outputWords = KernelBuffer<T>.Rent(BlockRows * outputs);
        using var inputGradient = KernelBuffer<T>.Rent(BlockRows * inputPanels * Width); // [panels, R, 4V]
        for (int from = 0; from < count; from += BlockRows)
        {
            int rows = Math.Min(BlockRows, count - from), start = first + from;
            for (int row = 0; row < rows; row++)
            {
                new ReadOnlySpan<T>(x + (long)(start + row) * _shape.Inputs, _shape.Inputs)
                    .CopyTo(new Span<T>(xs.Pointer + row * inputs, _shape.Inputs));
            }

            // h = φ(W₁ x + b₁), y = W₂ h + b₂
            T* a = Panels.Columns<T, TTile>(xs.Pointer, xWords, BlockRows * inputs);
            Panels.Multiply<T, TTile>(
                hiddenPanels.Pointer, BlockRows, _weights.HiddenPanels, _weights.FirstBias.Pointer, a, inputs / pack, 0,
                _weights.First.Pointer, inputs / pack, 1);
            Activate(h.Pointer, hiddenPanels.Pointer, hidden);
            if (_shape.Levels == 0)
            {
                // hiddenPanels becomes dy W₂ at once.
                SquaredError(h.Pointer, hiddenPanels.Pointer, values + (long)start * _shape.Features, rows, hidden);
            }
            else
            {
                a = Panels.Columns<T, TTile>(h.Pointer, hWords, BlockRows * hidden);
                Panels.Multiply<T, TTile>(
                    outputPanels.Pointer, BlockRows, _weights.OutputPanels, _weights.SecondBias.Pointer, a, hidden / pack, 0,
                    _weights.Second.Pointer, hidden / pack, 1);
                CrossEntropy(outputPanels.Pointer, tokens + (long)start * _shape.Features, rows);
            }

            if (gradient == null)
            {
                continue;
            }

            // dW₂ = dyᵀ h, dh = φ'(h) ∘ (dy W₂), dW₁ = dhᵀ x, dx = dh W₁; rows beyond the last token have dy = 0.
            if (_shape.Levels > 0)
            {
                Clear(outputPanels.Pointer, _weights.OutputPanels, rows);
                T* dy = Panels.Columns<T, TTile>(outputPanels.Pointer, outputWords, BlockRows * outputs);
                Panels.Multiply<T, TTile>(
                    hiddenPanels.Pointer, BlockRows, _weights.HiddenPanels, null, dy, Width / pack, BlockRows * Width / pack,
                    _weights.SecondBackward!.Pointer, Width / pack, _weights.OutputPanels);
                AddBias(SecondBiasSums.Pointer, outputPanels.Pointer, _weights.OutputPanels);
                Panels.AddTransposed<T, TTile>(
                    SecondSums.Pointer, _weights.OutputPanels, Panels.Rows<T, TTile>(h.Pointer, hWords.Pointer, BlockRows, hidden), hidden,
                    PanelRows(outputPanels.Pointer, outputWords.Pointer, _weights.OutputPanels), BlockRows * Width / pack, BlockRows / pack);
            }

            Clear(hiddenPanels.Pointer, _weights.HiddenPanels, rows);
            Differentiate(hiddenPanels.Pointer, h.Pointer, hidden);
            AddBias(FirstBiasSums.Pointer, hiddenPanels.Pointer, _weights.HiddenPanels);
            T* dh = Panels.Columns<T, TTile>(hiddenPanels.Pointer, hiddenWords, BlockRows * hidden);
            Panels.Multiply<T, TTile>(
                inputGradient.Pointer, BlockRows, inputPanels, null, dh, Width / pack, BlockRows * Width / pack,
                _weights.FirstBackward!.Pointer, Width / pack, _weights.HiddenPanels);
            Panels.AddTransposed<T, TTile>(
                FirstSums.Pointer, _weights.HiddenPanels, Panels.Rows<T, TTile>(xs.Pointer, xWords.Pointer, BlockRows, inputs), inputs,
                PanelRows(hiddenPanels.Pointer, hiddenWords.Pointer, _weights.HiddenPanels), BlockRows * Width / pack, BlockRows / pack);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < _shape.Inputs; column += Width)
                {
                    int columns = Math.Min(Width, _shape.Inputs - column);
                    new ReadOnlySpan<T>(inputGradient.Pointer + (column / Width * BlockRows + row) * Width, columns)
                        .CopyTo(new Span<T>(gradient + (long)(start + row) * _shape.Inputs + column, columns));
                }
            }
        }
    }

    /// <summary>Adds the sums to the gradients of the second layer.</summary>
    /// <param name="weights">dW₂, <c>[O, M]</c>.</param>
    /// <param name="bias">db₂, <c>[O]</c>.</param>
    public void AddSecondTo(T* weights, T* bias)
    {
        int hidden = _weights.HiddenPanels * Width;
        if (_shape.Levels > 0)
        {
            _weights.SecondMap.AddTo(weights, SecondSums.Pointer, Panels.PaddedRows(hidden));
            _weights.SecondBiasMap.AddTo(bias, SecondBiasSums.Pointer, 1);
            return;
        }

        for (int feature = 0; feature < _shape.Features; feature++)
        {
            bias[feature] += SecondBiasSums.Pointer[feature];
            for (int j = 0; j < _shape.Hidden; j++)
            {
                weights[feature * _shape.Hidden + j] += SecondSums.Pointer[feature * hidden + j];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstSums.Dispose();
        SecondSums.Dispose();
        FirstBiasSums.Dispose();
        SecondBiasSums.Dispose();
    }

    private static T* PanelRows(T* panels, T* words, int count)
    {
        // Panels follow one another, and each has an even number of rows: they pack like one long panel.
        return Panels.Rows<T, TTile>(panels, words, (long)count * BlockRows, Width);
    }

    /// <summary>From panels to rows, through the activation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Activate(T* h, T* panels, int hidden)
    {
        for (int j = 0; j < hidden; j += Width)
        {
            for (int row = 0; row < BlockRows; row++, panels += Width)
            {
                for (int lane = 0; lane < Width; lane += V)
                {
                    Vector512<T> x = Vector512.Load(panels + lane);
                    x = _shape.Activation == Activation.ReLU ? Vector512.Max(x, Vector512<T>.Zero) : Lanes.Tanh(x);
                    x.Store(h + row * hidden + j + lane);
                }
            }
        }
    }

    /// <summary>Times the activation's derivative, from its value: 1 where h > 0, or 1 − h².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Differentiate(T* panels, T* h, int hidden)
    {
        for (int j = 0; j < hidden; j += Width)
        {
            for (int row = 0; row < BlockRows; row++, panels += Width)
            {
                for (int lane = 0; lane < Width; lane += V)
                {
                    Vector512<T> value = Vector512.Load(h + row * hidden + j + lane), gradient = Vector512.Load(panels + lane);
                    gradient = _shape.Activation == Activation.ReLU
                        ? Vector512.ConditionalSelect(Vector512.GreaterThan(value, Vector512<T>.Zero), gradient, Vector512<T>.Zero)
                        : gradient * (Vector512<T>.One - value * value);
                    gradient.Store(panels + lane);
                }
            }
        }
    }

    /// <summary>Logits to the gradient of their loss: softmax less one at the target; adds −log softmax of the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CrossEntropy(T* panels, byte* tokens, int rows)
    {
        int stride = _weights.LevelStride;
        for (int row = 0; row < rows; row++)
        {
            for (int feature = 0; feature < _shape.Features; feature++)
            {
                int from = feature * stride, to = from + stride;
                Vector512<T> largest = Vector512.Load(At(panels, row, from));
                for (int j = from + V; j < to; j += V)
                {
                    largest = Vector512.Max(largest, Vector512.Load(At(panels, row, j)));
                }

                T top = Lanes.Largest(largest);
                int level = tokens[row * _shape.Features + feature];
                if (level >= _shape.Levels)
                {
                    throw new ArgumentException($"A token has the level {level}, but there are {_shape.Levels}, counted from 0.");
                }

                T* target = At(panels, row, from + level);
                double logit = double.CreateChecked(*target - top);
                Vector512<T> sums = Vector512<T>.Zero;
                for (int j = from; j < to; j += V)
                {
                    T* at = At(panels, row, j);
                    Vector512<T> power = Lanes.Exp(Vector512.Load(at) - Vector512.Create(top));
                    power.Store(at);
                    sums += power;
                }

                T sum = Vector512.Sum(sums);
                Loss += Math.Log(double.CreateChecked(sum)) - logit;
                Vector512<T> scale = Vector512.Create(T.One / sum);
                for (int j = from; j < to; j += V)
                {
                    T* at = At(panels, row, j);
                    (Vector512.Load(at) * scale).Store(at);
                }

                *target -= T.One;
            }
        }
    }

    /// <summary>y = W₂ h + b₂; adds (y − target)² to the loss, and its gradients dy = 2 (y − target), dW₂ += dy hᵀ, dh = W₂ᵀ dy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SquaredError(T* h, T* panels, T* targets, int rows, int hidden)
    {
        for (int row = 0; row < rows; row++, h += hidden)
        {
            for (int feature = 0; feature < _shape.Features; feature++)
            {
                T* weights = _weights.Values!.Pointer + (long)feature * hidden;
                Vector512<T> products = Vector512<T>.Zero;
                for (int j = 0; j < hidden; j += V)
                {
                    products = Lanes.MultiplyAdd(Vector512.Load(weights + j), Vector512.Load(h + j), products);
                }

                T difference = Vector512.Sum(products) + _weights.OutputBias[feature] - targets[row * _shape.Features + feature];
                Loss += double.CreateChecked(difference) * double.CreateChecked(difference);
                T gradient = difference + difference;
                SecondBiasSums.Pointer[feature] += gradient;
                Vector512<T> dy = Vector512.Create(gradient);
                T* sums = SecondSums.Pointer + (long)feature * hidden;
                for (int j = 0; j < hidden; j += V)
                {
                    T* dh = At(panels, row, j);
                    Vector512<T> before = feature == 0 ? Vector512<T>.Zero : Vector512.Load(dh);
                    Lanes.MultiplyAdd(dy, Vector512.Load(weights + j), before).Store(dh);
                    Lanes.MultiplyAdd(dy, Vector512.Load(h + j), Vector512.Load(sums + j)).Store(sums + j);
                }
            }
        }
    }

    private static T* At(T* panels, int row, int column) => panels + ((long)(column / Width) * BlockRows + row) * Width + column % Width;

    private static void Clear(T* panels, int count, int rows)
    {
        for (int panel = 0; panel < count && rows < BlockRows; panel++)
        {
            new Span<T>(panels + ((long)panel * BlockRows + rows) * Width, (BlockRows - rows) * Width).Clear();
        }
    }

    private static void AddBias(T* sums, T* panels, int count)
    {
        for (int panel = 0; panel < count; panel++, sums += Width)
        {
            for (int lane = 0; lane < Width; lane += V)
            {
                Vector512<T> sum = Vector512.Load(sums + lane);
                for (int row = 0; row < BlockRows; row++)
                {
                    sum += Vector512.Load(panels + ((long)panel * BlockRows + row) * Width + lane);
                }

                sum.Store(sums + lane);
            }
        }
    }
}
