using AuxLossRnn.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The main LSTM: one layer, 128 cells in the paper (§3).</summary>
/// <remarks>Its weights are named <c>lstm.*_l0</c>, as PyTorch's.</remarks>
public sealed class LstmEncoder : SequenceEncoder
{
    private readonly LstmLayers _lstm;

    /// <summary>An encoder.</summary>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="compute">How it computes.</param>
    public LstmEncoder(InputEncoder input, int hidden, ComputeOptions compute)
        : base(nameof(LstmEncoder), input, hidden)
    {
        _lstm = new LstmLayers(input.Size, hidden, 1, compute);
        _lstm.RegisterIn(this);
    }

    /// <inheritdoc/>
    public override LstmState InitialState(long batch) => LstmState.Zero(1, batch, StateSize, parameters().First());

    /// <inheritdoc/>
    public override (Tensor? Outputs, LstmState State) Read(Tensor inputs, Tensor tokens, LstmState state, LstmResult result)
    {
        (Tensor x, Linear? projection) = Input.Prepare(inputs, tokens); // [t, B, F] or [t, B, E]
        return _lstm.Read(x, projection, state, result); // [t, B, H]
    }
}
