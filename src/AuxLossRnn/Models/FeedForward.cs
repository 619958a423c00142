using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The two feed-forward layers on top of an LSTM, the second one regularised (§3).</summary>
/// <remarks>In the module that owns it, its weights are <c>hidden.weight</c>, <c>hidden.bias</c>, <c>output.weight</c>, <c>output.bias</c>.</remarks>
public sealed class FeedForward
{
    private readonly Linear _hidden;
    private readonly Linear _output;
    private readonly FeedForwardOptions _options;

    /// <summary>Two layers.</summary>
    /// <param name="inputs">The size of what is read.</param>
    /// <param name="outputs">The size of what is written.</param>
    /// <param name="options">Hidden size, activation and regularisation.</param>
    public FeedForward(int inputs, int outputs, FeedForwardOptions options)
    {
        _options = options;
        _hidden = nn.Linear(inputs, options.Hidden);
        _output = nn.Linear(options.Hidden, outputs);
    }

    /// <summary>Makes the weights weights of a module.</summary>
    /// <param name="owner">The module.</param>
    public void RegisterIn(nn.Module owner)
    {
        owner.register_module("hidden", _hidden);
        owner.register_module("output", _output);
    }

    /// <summary>Applies both layers.</summary>
    /// <param name="x">What is read, <c>[…, inputs]</c>.</param>
    /// <param name="masks">Where masks are drawn from in training; null in evaluation, which drops nothing.</param>
    /// <returns>What is written, <c>[…, outputs]</c>.</returns>
    public Tensor Forward(Tensor x, Generator? masks)
    {
        Tensor hidden = _hidden.call(x); // [..., M]
        hidden = _options.Activation == Activation.ReLU ? hidden.relu_() : hidden.tanh_(); // [..., M]

        double rate = masks is null ? 0 : _options.DropRate;
        if (rate > 0 && _options.Regularisation == Regularisation.DropConnect)
        {
            return nn.functional.linear(hidden, DropConnected(masks!), _output.bias!); // [..., outputs]
        }

        if (rate > 0 && _options.Regularisation == Regularisation.Dropout)
        {
            hidden *= Mask(hidden, rate, masks!); // [..., M]
        }

        return _output.call(hidden); // [..., outputs]
    }

    /// <summary>Both layers' weights as a training step uses them; null where masks fall on activations instead.</summary>
    /// <param name="masks">Where masks are drawn from in training; null in evaluation.</param>
    internal FeedForwardWeights? Weights(Generator? masks)
    {
        Tensor output = _output.weight!; // [outputs, M]
        if (masks is not null && _options.DropRate > 0 && _options.Regularisation != Regularisation.None)
        {
            if (_options.Regularisation == Regularisation.Dropout)
            {
                return null;
            }

            output = DropConnected(masks); // [outputs, M]
        }

        return new FeedForwardWeights(_hidden.weight!, _hidden.bias!, output, _output.bias!, _options.Activation == Activation.ReLU);
    }

    // y = (m ∘ W) x / (1 − p) + b, m ~ Bernoulli(1 − p): scaled here so that evaluation uses W itself.
    private Tensor DropConnected(Generator masks) => _output.weight! * Mask(_output.weight!, _options.DropRate, masks); // [outputs, M]

    private static Tensor Mask(Tensor like, double rate, Generator masks)
    {
        using Tensor uniform = rand(like.shape, dtype: ScalarType.Float32, device: like.device, generator: masks);
        return HeldNumbers.With(rate, held => uniform.ge(held).to(like.dtype)).Over(1 - rate);
    }
}
