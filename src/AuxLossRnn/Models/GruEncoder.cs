using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>A gated recurrent unit (Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014).</summary>
/// <remarks>
/// As <c>torch.nn.GRU</c> computes it, with the reset gate after the product; its weights are named <c>gru.*_l0</c>.
/// <code>
/// r = σ(W_r x + U_r h),  z = σ(W_z x + U_z h),  n = tanh(W_n x + r ∘ U_n h),  h' = (1 − z) ∘ n + z ∘ h
/// </code>
/// </remarks>
public sealed class GruEncoder : SequenceEncoder
{
    private readonly GRU _gru;

    /// <summary>An encoder with PyTorch's initial weights.</summary>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The hidden size H.</param>
    public GruEncoder(InputEncoder input, int hidden)
        : base(nameof(GruEncoder), input, hidden)
    {
        _gru = nn.GRU(input.Size, hidden);
        register_module("gru", _gru);
    }

    /// <inheritdoc/>
    public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
    {
        (Tensor outputs, Tensor last) = _gru.call(Input.Encode(inputs, tokens), state[0]); // [t, B, H], [1, B, H]
        return (outputs, new EncoderState(last));
    }
}
