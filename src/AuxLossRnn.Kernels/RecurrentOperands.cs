namespace AuxLossRnn.Kernels;

/// <summary>The weights of one recurrent layer as operands, and the shapes that follow from them.</summary>
/// <typeparam name="T">The type of the sums.</typeparam>
/// <typeparam name="TTile">The innermost product.</typeparam>
/// <typeparam name="TCell">The network.</typeparam>
internal sealed unsafe class RecurrentOperands<T, TTile, TCell> : IDisposable
    where T : unmanaged
    where TTile : ITile<T>
    where TCell : ICell<T>
{
    // With a few inputs (pixels), their part of the product is small, and is not rounded.
    private const int FewInputs = 4;

    private KernelBuffer<T>? _hiddenBackward, _inputBackward;
    private readonly T* _inputWeights, _hiddenWeights;

    /// <summary>Packs what the forward pass needs.</summary>
    /// <param name="inputs">The inputs I.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="inputWeights">W_x, <c>[blocks · H, I]</c>.</param>
    /// <param name="hiddenWeights">W_h, <c>[blocks · H, H]</c>.</param>
    /// <param name="bias">b, <c>[products · H]</c>: one number for each product.</param>
    public RecurrentOperands(int inputs, int hidden, T* inputWeights, T* hiddenWeights, T* bias)
    {
        (Inputs, Hidden) = (inputs, hidden);
        _inputWeights = inputWeights;
        _hiddenWeights = hiddenWeights;
        Few = inputs <= FewInputs;
        Units = GroupWidth / TCell.InputBlocks.Length;
        Groups = (hidden + Units - 1) / Units;
        PaddedHidden = Groups * Units;
        PaddedInputs = Few ? inputs : Lanes.Padded<T>(inputs);
        InputMap = new OperandMap(OperandMap.Range(inputs, PaddedInputs), OperandMap.Products(hidden, Units, TCell.InputBlocks, inputs));
        HiddenMap = new OperandMap(OperandMap.Range(hidden, PaddedHidden), OperandMap.Products(hidden, Units, TCell.HiddenBlocks, hidden));
        BiasMap = new OperandMap([0], OperandMap.Products(hidden, Units, [.. Enumerable.Range(0, TCell.InputBlocks.Length)], 1));
        InputForward = Few ? InputMap.Pack<T, Tile<T>>(inputWeights) : InputMap.Pack<T, TTile>(inputWeights);
        HiddenForward = HiddenMap.Pack<T, TTile>(hiddenWeights);
        Bias = BiasMap.Pack<T, Tile<T>>(bias);
    }

    /// <summary>The columns of a group of products: four chunks of V.</summary>
    public static int GroupWidth => 4 * Lanes.Count<T>();

    public int Inputs { get; }

    public int Hidden { get; }

    /// <summary>Whether the inputs' part is computed with whole words even where others are rounded.</summary>
    public bool Few { get; }

    public int PaddedInputs { get; }

    public int PaddedHidden { get; }

    /// <summary>The rows of the sums of W_x's gradient.</summary>
    public int InputRows => Few ? Panels.PaddedRows<T, Tile<T>>(PaddedInputs) : Panels.PaddedRows<T, TTile>(PaddedInputs);

    /// <summary>The same of W_h's.</summary>
    public int HiddenRows => Panels.PaddedRows<T, TTile>(PaddedHidden);

    /// <summary>The units in a group of products.</summary>
    public int Units { get; }

    /// <summary>The groups of products.</summary>
    public int Groups { get; }

    /// <summary>The panels of products: one a group, or four.</summary>
    public int Products => Groups * GroupWidth / Panels.Width<T>();

    /// <summary>The panels of hidden units.</summary>
    public int HiddenPanels => Panels.Count<T>(PaddedHidden);

    /// <summary>The panels of inputs.</summary>
    public int InputPanels => Panels.Count<T>(Inputs);

    public OperandMap InputMap { get; }

    public OperandMap HiddenMap { get; }

    public OperandMap BiasMap { get; }

    public KernelBuffer<T> InputForward { get; }

    public KernelBuffer<T> HiddenForward { get; }

    public KernelBuffer<T> Bias { get; }

    /// <summary>W_h with the products as its summed dimension.</summary>
    public KernelBuffer<T> HiddenBackward => _hiddenBackward!;

    /// <summary>W_x with the products as its summed dimension.</summary>
    public KernelBuffer<T> InputBackward => _inputBackward!;

    /// <summary>Packs what the backward pass needs besides.</summary>
    /// <param name="inputs">Whether the inputs' gradient is needed.</param>
    public void PackBackward(bool inputs)
    {
        _hiddenBackward = new OperandMap(HiddenMap.Columns, OperandMap.Range(Hidden, HiddenPanels * Panels.Width<T>())).Pack<T, TTile>(_hiddenWeights);
        if (inputs)
        {
            _inputBackward = new OperandMap(InputMap.Columns, OperandMap.Range(Inputs, InputPanels * Panels.Width<T>())).Pack<T, TTile>(_inputWeights);
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
