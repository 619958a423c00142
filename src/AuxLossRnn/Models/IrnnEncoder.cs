using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>
/// A recurrent network of rectified linear units that begins as the identity (Le, Jaitly, Hinton, "A simple way to
/// initialize recurrent networks of rectified linear units", arXiv 1504.00941, 2015).
/// </summary>
/// <remarks>
/// <code>
/// h' = max(0, W x + U h + b),  U = I,  b = 0,  W ~ N(0, 0.001²) at first
/// </code>
/// Its weights are named <c>rnn.*_l0</c>, as those of <c>torch.nn.RNN</c>.
/// </remarks>
public sealed class IrnnEncoder : OneStateEncoder
{
    private const double InputDeviation = 0.001;

    private readonly RNN _rnn;

    /// <summary>An encoder.</summary>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="compute">How it computes.</param>
    public IrnnEncoder(InputEncoder input, int hidden, ComputeOptions compute)
        : base(nameof(IrnnEncoder), RecurrentKind.Relu, input, hidden, compute)
    {
        _rnn = nn.RNN(input.Size, hidden, nonLinearity: nn.NonLinearities.ReLU);
        register_module("rnn", _rnn);
        nn.init.eye_(_rnn.get_parameter("weight_hh_l0")!);
        nn.init.normal_(_rnn.get_parameter("weight_ih_l0")!, 0, InputDeviation);
        nn.init.zeros_(_rnn.get_parameter("bias_ih_l0")!);
        nn.init.zeros_(_rnn.get_parameter("bias_hh_l0")!);
    }

    private protected override (Tensor Outputs, Tensor State) ReadByModule(Tensor x, Tensor state) => _rnn.call(x, state); // [t, B, H], [1, B, H]

    private protected override Tensor Weight(string name) => _rnn.get_parameter(name)!;

    private protected override Tensor Bias(Tensor ofInput, Tensor ofHidden) => ofInput.Plus(ofHidden); // [H]
}
