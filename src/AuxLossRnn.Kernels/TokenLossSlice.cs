using System.Runtime.CompilerServices;

namespace AuxLossRnn.Kernels;

/// <summary>The sum of token losses over some tokens, and its gradients, block by block on one core.</summary>
/// <remarks>
/// The loss is a sum, so that its gradient is known as soon as the loss is: no logits outlive their block, and every product finds
/// its operands in cache.
/// Over 300 lines, because forward and backward share one layout of buffers: apart, each would have to explain it anew.
/// </remarks>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
/// <typeparam name="TRegister">The register.</typeparam>
internal sealed unsafe class TokenLossSlice<T, TTile, TRegister> : IDisposable
    where T : unmanaged, System.Numerics.INumber<T>
    where TTile : ITile<T>
    where TRegister : struct, IRegister<TRegister, T>
{
    // With the two layers' weights and gradients, what a block of this many needs fits the second-level cache.
    private const int BlockRows = 60;

    private readonly TokenLossOperands<T, TTile> _weights;
    private readonly TokenLossShape _shape;

    // A block's rows [R, n], its panels [n / W, R, W], and both as words where a word is not an element.
    private readonly KernelBuffer<T> _x, _xWords, _h, _hWords, _hiddenPanels, _hiddenWords, _outputPanels, _outputWords, _inputGradient;

    /// <summary>A slice.</summary>
    /// <param name="weights">The weights.</param>
    public TokenLossSlice(TokenLossOperands<T, TTile> weights)
    {
        _weights = weights;
        _shape = weights.Shape;
        FirstSums = KernelBuffer<T>.Zeros((long)Panels.PaddedRows<T, TTile>(weights.PaddedInputs) * Hidden);
        SecondSums = KernelBuffer<T>.Zeros(_shape.Levels == 0 ? (long)_shape.Features * Hidden : (long)Panels.PaddedRows<T, TTile>(Hidden) * Outputs);
        FirstBiasSums = KernelBuffer<T>.Zeros(Hidden);
        SecondBiasSums = KernelBuffer<T>.Zeros(Math.Max(Outputs, _shape.Features));
        _x = KernelBuffer<T>.Zeros(BlockRows * weights.PaddedInputs);
        _xWords = KernelBuffer<T>.Rent(BlockRows * weights.PaddedInputs);
        (_h, _hWords) = (KernelBuffer<T>.Rent(BlockRows * Hidden), KernelBuffer<T>.Rent(BlockRows * Hidden));
        (_hiddenPanels, _hiddenWords) = (KernelBuffer<T>.Rent(BlockRows * Hidden), KernelBuffer<T>.Rent(BlockRows * Hidden));
        (_outputPanels, _outputWords) = (KernelBuffer<T>.Rent(BlockRows * Outputs), KernelBuffer<T>.Rent(BlockRows * Outputs));
        _inputGradient = KernelBuffer<T>.Rent(BlockRows * Panels.Count<T>(_shape.Inputs) * Width);
    }

    /// <summary>The sum of the losses.</summary>
    public double Loss { get; private set; }

    /// <summary>dW₁ᵀ, <c>[panels, D, W]</c>.</summary>
    public KernelBuffer<T> FirstSums { get; }

    /// <summary>dW₂ᵀ, <c>[panels, M, W]</c>; for squared error dW₂, <c>[F, M]</c>.</summary>
    public KernelBuffer<T> SecondSums { get; }

    /// <summary>db₁, <c>[panels, W]</c>.</summary>
    public KernelBuffer<T> FirstBiasSums { get; }

    /// <summary>db₂, <c>[panels, W]</c>.</summary>
    public KernelBuffer<T> SecondBiasSums { get; }

    // The numbers of a register; widths are multiples of it.
    private static int V => TRegister.Count;

    private static int Width => Panels.Width<T>();

    private int Hidden => _weights.HiddenPanels * Width;

    private int Outputs => _weights.OutputPanels * Width;

    /// <summary>Goes over some tokens.</summary>
    /// <param name="x">What the layers read, <c>[N, D]</c>.</param>
    /// <param name="values">The values to predict, <c>[N, F]</c>; for squared error.</param>
    /// <param name="tokens">The levels to predict, <c>[N, F]</c>; for cross-entropy.</param>
    /// <param name="gradient">Takes the gradient of x, <c>[N, D]</c>; null where no gradient is needed.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">The tokens.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(T* x, T* values, byte* tokens, T* gradient, int first, int count)
    {
        for (int from = first; from < first + count; from += BlockRows)
        {
            int rows = Math.Min(BlockRows, first + count - from);
            Forward(x + (long)from * _shape.Inputs, values + (long)from * _shape.Features, tokens + (long)from * _shape.Features, rows);
            if (gradient != null)
            {
                Backward(gradient + (long)from * _shape.Inputs, rows);
            }
        }
    }

    /// <summary>h = φ(W₁ x + b₁), y = W₂ h + b₂, the loss of y and dy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Forward(T* x, T* values, byte* tokens, int rows)
    {
        int inputs = _weights.PaddedInputs, pack = TTile.Pack;
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<T>(x + (long)row * _shape.Inputs, _shape.Inputs)
                .CopyTo(new Span<T>(_x.Pointer + row * inputs, _shape.Inputs));
        }

        T* a = Panels.Columns<T, TTile>(_x.Pointer, _xWords, BlockRows * inputs);
        Panels.Multiply<T, TTile>(
            _hiddenPanels.Pointer, BlockRows, _weights.HiddenPanels, _weights.FirstBias.Pointer, a, inputs / pack, 0,
            _weights.First.Pointer, inputs / pack, 1);
        Activate(_h.Pointer, _hiddenPanels.Pointer, Hidden);
        if (_shape.Levels == 0)
        {
            // The panels become dy W₂ at once.
            SquaredError(_h.Pointer, _hiddenPanels.Pointer, values, rows, Hidden);
            return;
        }

        a = Panels.Columns<T, TTile>(_h.Pointer, _hWords, BlockRows * Hidden);
        Panels.Multiply<T, TTile>(
            _outputPanels.Pointer, BlockRows, _weights.OutputPanels, _weights.SecondBias.Pointer, a, Hidden / pack, 0,
            _weights.Second.Pointer, Hidden / pack, 1);
        CrossEntropy(_outputPanels.Pointer, tokens, rows);
    }

    /// <summary>dW₂ = dyᵀ h, dh = φ'(h) ∘ (dy W₂), dW₁ = dhᵀ x, dx = dh W₁; rows beyond the last token have dy = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Backward(T* gradient, int rows)
    {
        int inputs = _weights.PaddedInputs, inputPanels = Panels.Count<T>(_shape.Inputs), pack = TTile.Pack;
        if (_shape.Levels > 0)
        {
            Clear(_outputPanels.Pointer, _weights.OutputPanels, rows);
            T* dy = Panels.Columns<T, TTile>(_outputPanels.Pointer, _outputWords, BlockRows * Outputs);
            Panels.Multiply<T, TTile>(
                _hiddenPanels.Pointer, BlockRows, _weights.HiddenPanels, null, dy, Width / pack, BlockRows * Width / pack,
                _weights.SecondBackward!.Pointer, Width / pack, _weights.OutputPanels);
            AddBias(SecondBiasSums.Pointer, _outputPanels.Pointer, _weights.OutputPanels);
            Panels.AddTransposed<T, TTile>(
                SecondSums.Pointer, _weights.OutputPanels, Panels.Rows<T, TTile>(_h.Pointer, _hWords.Pointer, BlockRows, Hidden), Hidden,
                PanelRows(_outputPanels.Pointer, _outputWords.Pointer, _weights.OutputPanels), BlockRows * Width / pack, BlockRows / pack);
        }

        Clear(_hiddenPanels.Pointer, _weights.HiddenPanels, rows);
        Differentiate(_hiddenPanels.Pointer, _h.Pointer, Hidden);
        AddBias(FirstBiasSums.Pointer, _hiddenPanels.Pointer, _weights.HiddenPanels);
        T* dh = Panels.Columns<T, TTile>(_hiddenPanels.Pointer, _hiddenWords, BlockRows * Hidden);
        Panels.Multiply<T, TTile>(
            _inputGradient.Pointer, BlockRows, inputPanels, null, dh, Width / pack, BlockRows * Width / pack,
            _weights.FirstBackward!.Pointer, Width / pack, _weights.HiddenPanels);
        Panels.AddTransposed<T, TTile>(
            FirstSums.Pointer, _weights.HiddenPanels, Panels.Rows<T, TTile>(_x.Pointer, _xWords.Pointer, BlockRows, inputs), inputs,
            PanelRows(_hiddenPanels.Pointer, _hiddenWords.Pointer, _weights.HiddenPanels), BlockRows * Width / pack, BlockRows / pack);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < _shape.Inputs; column += Width)
            {
                int columns = Math.Min(Width, _shape.Inputs - column);
                new ReadOnlySpan<T>(_inputGradient.Pointer + (column / Width * BlockRows + row) * Width, columns)
                    .CopyTo(new Span<T>(gradient + (long)row * _shape.Inputs + column, columns));
            }
        }
    }

    /// <summary>Adds the sums to the gradients of the second layer.</summary>
    /// <param name="weights">dW₂, <c>[O, M]</c>.</param>
    /// <param name="bias">db₂, <c>[O]</c>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddSecondTo(T* weights, T* bias)
    {
        if (_shape.Levels > 0)
        {
            _weights.SecondMap.AddTo(weights, SecondSums.Pointer, Panels.PaddedRows<T, TTile>(Hidden));
            _weights.SecondBiasMap.AddTo(bias, SecondBiasSums.Pointer, 1);
            return;
        }

        for (int feature = 0; feature < _shape.Features; feature++)
        {
            bias[feature] += SecondBiasSums.Pointer[feature];
            for (int j = 0; j < _shape.Hidden; j++)
            {
                weights[feature * _shape.Hidden + j] += SecondSums.Pointer[feature * Hidden + j];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KernelBuffer<T> buffer in new[]
        {
            FirstSums, SecondSums, FirstBiasSums, SecondBiasSums,
            _x, _xWords, _h, _hWords, _hiddenPanels, _hiddenWords, _outputPanels, _outputWords, _inputGradient,
        })
        {
            buffer.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T* PanelRows(T* panels, T* words, int count)
    {
        // Panels follow one another, and each has an even number of rows: they pack like one long panel.
        return Panels.Rows<T, TTile>(panels, words, (long)count * BlockRows, Width);
    }

    /// <summary>From panels to rows, through the activation.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Activate(T* h, T* panels, int hidden)
    {
        for (int j = 0; j < hidden; j += Width)
        {
            for (int row = 0; row < BlockRows; row++, panels += Width)
            {
                for (int lane = 0; lane < Width; lane += V)
                {
                    TRegister x = TRegister.Load(panels + lane);
                    x = _shape.Relu ? TRegister.Max(TRegister.All(default), x) : Lanes.Tanh<T, TRegister>(x);
                    x.Store(h + row * hidden + j + lane);
                }
            }
        }
    }

    /// <summary>Times the activation's derivative, from its value: 1 where h > 0, or 1 − h².</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Differentiate(T* panels, T* h, int hidden)
    {
        for (int j = 0; j < hidden; j += Width)
        {
            for (int row = 0; row < BlockRows; row++, panels += Width)
            {
                for (int lane = 0; lane < Width; lane += V)
                {
                    TRegister value = TRegister.Load(h + row * hidden + j + lane), gradient = TRegister.Load(panels + lane);
                    gradient = _shape.Relu
                        ? TRegister.WherePositive(value, gradient)
                        : gradient * (TRegister.All(T.One) - value * value);
                    gradient.Store(panels + lane);
                }
            }
        }
    }

    /// <summary>Logits to the gradient of their loss: softmax less one at the target; adds −log softmax of the target.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void CrossEntropy(T* panels, byte* tokens, int rows)
    {
        int stride = _weights.LevelStride;
        for (int row = 0; row < rows; row++)
        {
            for (int feature = 0; feature < _shape.Features; feature++)
            {
                int from = feature * stride, to = from + stride;
                TRegister largest = TRegister.Load(At(panels, row, from));
                for (int j = from + V; j < to; j += V)
                {
                    largest = TRegister.Max(largest, TRegister.Load(At(panels, row, j)));
                }

                T top = Lanes.Largest<T, TRegister>(largest);
                int level = tokens[row * _shape.Features + feature];
                if (level >= _shape.Levels)
                {
                    throw new ArgumentException($"A token has the level {level}, but there are {_shape.Levels}, counted from 0.");
                }

                T* target = At(panels, row, from + level);
                double logit = double.CreateChecked(*target - top);
                TRegister sums = TRegister.All(T.Zero);
                for (int j = from; j < to; j += V)
                {
                    T* at = At(panels, row, j);
                    TRegister power = Lanes.Exp<T, TRegister>(TRegister.Load(at) - TRegister.All(top));
                    power.Store(at);
                    sums += power;
                }

                T sum = sums.Sum();
                Loss += Math.Log(double.CreateChecked(sum)) - logit;
                TRegister scale = TRegister.All(T.One / sum);
                for (int j = from; j < to; j += V)
                {
                    T* at = At(panels, row, j);
                    (TRegister.Load(at) * scale).Store(at);
                }

                *target -= T.One;
            }
        }
    }

    /// <summary>y = W₂ h + b₂; adds (y − target)² to the loss, and its gradients dy = 2 (y − target), dW₂ += dy hᵀ, dh = W₂ᵀ dy.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void SquaredError(T* h, T* panels, T* targets, int rows, int hidden)
    {
        for (int row = 0; row < rows; row++, h += hidden)
        {
            for (int feature = 0; feature < _shape.Features; feature++)
            {
                T* weights = _weights.Values!.Pointer + (long)feature * hidden;
                TRegister products = TRegister.All(T.Zero);
                for (int j = 0; j < hidden; j += V)
                {
                    products = TRegister.MultiplyAdd(TRegister.Load(weights + j), TRegister.Load(h + j), products);
                }

                T difference = products.Sum() + _weights.OutputBias[feature] - targets[row * _shape.Features + feature];
                Loss += double.CreateChecked(difference) * double.CreateChecked(difference);
                T gradient = difference + difference;
                SecondBiasSums.Pointer[feature] += gradient;
                TRegister dy = TRegister.All(gradient);
                T* sums = SecondSums.Pointer + (long)feature * hidden;
                for (int j = 0; j < hidden; j += V)
                {
                    T* dh = At(panels, row, j);
                    TRegister before = feature == 0 ? TRegister.All(T.Zero) : TRegister.Load(dh);
                    TRegister.MultiplyAdd(dy, TRegister.Load(weights + j), before).Store(dh);
                    TRegister.MultiplyAdd(dy, TRegister.Load(h + j), TRegister.Load(sums + j)).Store(sums + j);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* At(T* panels, int row, int column) => panels + ((long)(column / Width) * BlockRows + row) * Width + column % Width;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clear(T* panels, int count, int rows)
    {
        for (int panel = 0; panel < count && rows < BlockRows; panel++)
        {
            new Span<T>(panels + ((long)panel * BlockRows + rows) * Width, (BlockRows - rows) * Width).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBias(T* sums, T* panels, int count)
    {
        for (int panel = 0; panel < count; panel++, sums += Width)
        {
            for (int lane = 0; lane < Width; lane += V)
            {
                TRegister sum = TRegister.Load(sums + lane);
                for (int row = 0; row < BlockRows; row++)
                {
                    sum += TRegister.Load(panels + ((long)panel * BlockRows + row) * Width + lane);
                }

                sum.Store(sums + lane);
            }
        }
    }
}
