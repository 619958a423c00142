namespace AuxLossRnn.Kernels;

/// <summary>The weights of one LSTM layer as operands, and the shapes that follow from them.</summary>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
internal sealed unsafe class LstmOperands<T, TTile> : IDisposable
    where T : unmanaged, System.Numerics.IAdditionOperators<T, T, T>
    where TTile : ITile<T>
{
    // With a few inputs (pixels), their part of the product is small, and is not rounded.
    private const int FewInputs = 4;

    private KernelBuffer<T>? _hiddenBackward, _inputBackward;
    private readonly T* _inputWeights, _hiddenWeights;

    /// <summary>Packs what the forward pass needs.</summary>
    /// <param name="inputs">The inputs I.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="inputWeights">W_x, <c>[4H, I]</c>.</param>
    /// <param name="hiddenWeights">W_h, <c>[4H, H]</c>.</param>
    /// <param name="bias">b, <c>[4H]</c>.</param>
    public LstmOperands(int inputs, int hidden, T* inputWeights, T* hiddenWeights, T* bias)
    {
        int v = Lanes.Count<T>();
        (Inputs, Hidden) = (inputs, hidden);
        _inputWeights = inputWeights;
        _hiddenWeights = hiddenWeights;
        Few = inputs <= FewInputs;
        PaddedHidden = Lanes.Padded<T>(hidden);
        PaddedInputs = Few ? inputs : Lanes.Padded<T>(inputs);
        Gates = PaddedHidden / v;
        InputMap = new OperandMap(OperandMap.Range(inputs, PaddedInputs), OperandMap.Gates(hidden, v, inputs));
        HiddenMap = new OperandMap(OperandMap.Range(hidden, PaddedHidden), OperandMap.Gates(hidden, v, hidden));
        BiasMap = new OperandMap([0], OperandMap.Gates(hidden, v, 1));
        InputForward = Few ? InputMap.Pack<T, Tile<T>>(inputWeights) : InputMap.Pack<T, TTile>(inputWeights);
        HiddenForward = HiddenMap.Pack<T, TTile>(hiddenWeights);
        Bias = BiasMap.Pack<T, Tile<T>>(bias);
    }

    public int Inputs { get; }

    public int Hidden { get; }

    /// <summary>Whether the inputs' part is computed with whole words even where others are rounded.</summary>
    public bool Few { get; }

    public int PaddedInputs { get; }

    public int PaddedHidden { get; }

    /// <summary>The panels of gates: V units with their four gates each.</summary>
    public int Gates { get; }

    /// <summary>The panels of hidden units, 4V each.</summary>
    public int HiddenPanels => Panels.Count<T>(Hidden);

    /// <summary>The panels of inputs.</summary>
    public int InputPanels => Panels.Count<T>(Inputs);

    public OperandMap InputMap { get; }

    public OperandMap HiddenMap { get; }

    public OperandMap BiasMap { get; }

    public KernelBuffer<T> InputForward { get; }

    public KernelBuffer<T> HiddenForward { get; }

    public KernelBuffer<T> Bias { get; }

    /// <summary>W_h with the gates as its summed dimension.</summary>
    public KernelBuffer<T> HiddenBackward => _hiddenBackward!;

    /// <summary>W_x with the gates as its summed dimension.</summary>
    public KernelBuffer<T> InputBackward => _inputBackward!;

    /// <summary>Packs what the backward pass needs besides.</summary>
    /// <param name="inputs">Whether the inputs' gradient is needed.</param>
    public void PackBackward(bool inputs)
    {
        int v = Lanes.Count<T>();
        _hiddenBackward = new OperandMap(OperandMap.Gates(Hidden, v, Hidden), OperandMap.Range(Hidden, HiddenPanels * Panels.Width<T>()))
            .Pack<T, TTile>(_hiddenWeights);
        if (inputs)
        {
            _inputBackward = new OperandMap(OperandMap.Gates(Hidden, v, Inputs), OperandMap.Range(Inputs, InputPanels * Panels.Width<T>()))
                .Pack<T, TTile>(_inputWeights);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        InputForward.Dispose();
        HiddenForward.Dispose();
        Bias.Dispose();
        _hiddenBackward?.Dispose();
        _inputBackward?.Dispose();
    }
}
