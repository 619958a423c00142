namespace AuxLossRnn.Kernels;

/// <summary>The shapes of two feed-forward layers with a token loss on top.</summary>
/// <param name="Inputs">The inputs D.</param>
/// <param name="Hidden">The hidden units M.</param>
/// <param name="Features">The features F of a step.</param>
/// <param name="Levels">The levels of a token; 0 for squared error on values.</param>
/// <param name="Relu">Whether the activation between the layers is max(0, x); otherwise it is tanh x.</param>
internal sealed record TokenLossShape(int Inputs, int Hidden, int Features, int Levels, bool Relu);

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
        int width = Panels.Width<T>();
        Shape = shape;
        OutputBias = b2;
        PaddedInputs = Lanes.Padded<T>(shape.Inputs);
        HiddenPanels = Panels.Count<T>(shape.Hidden);
        LevelStride = Lanes.Padded<T>(shape.Levels);
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
