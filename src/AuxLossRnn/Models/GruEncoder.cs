using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;
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
public sealed class GruEncoder : OneStateEncoder
{
    private readonly GRU _gru;

    /// <summary>An encoder with PyTorch's initial weights.</summary>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="compute">How it computes.</param>
    public GruEncoder(InputEncoder input, int hidden, ComputeOptions compute)
        : base(nameof(GruEncoder), RecurrentKind.Gru, input, hidden, compute)
    {
        _gru = nn.GRU(input.Size, hidden);
        register_module("gru", _gru);
    }

    private protected override (Tensor Outputs, Tensor State) ReadByModule(Tensor x, Tensor state) => _gru.call(x, state); // [t, B, H], [1, B, H]

    private protected override Tensor Weight(string name) => _gru.get_parameter(name)!;

    // r and z add both up; n's stay apart, because r comes between them.
    private protected override Tensor Bias(Tensor ofInput, Tensor ofHidden)
    {
        Tensor[] x = ofInput.chunk(3), h = ofHidden.chunk(3); // 3 × [H]
        return cat([x[0].Plus(h[0]), x[1].Plus(h[1]), x[2], h[2]]); // [4H]
    }
}
