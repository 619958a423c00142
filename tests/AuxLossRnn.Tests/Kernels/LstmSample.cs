using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Kernels;

/// <summary>The shape of one call of an LSTM layer and what is asked of it.</summary>
/// <param name="Inputs">The inputs I.</param>
/// <param name="Hidden">The hidden size H.</param>
/// <param name="Batch">The batch size B.</param>
/// <param name="Steps">The time steps t.</param>
internal sealed record LstmShape(int Inputs, int Hidden, int Batch, int Steps)
{
    public RecurrentResult Result { get; init; } = RecurrentResult.Both;

    public bool InputsNeedGradient { get; init; } = true;

    public bool StateNeedsGradient { get; init; } = true;

    public bool Contiguous { get; init; } = true;

    public int Slices { get; init; } = 1;
}

/// <summary>Random numbers for one layer, and what <c>torch.nn.LSTM</c> and the kernel make of them.</summary>
internal sealed class LstmSample
{
    private readonly LstmShape _shape;
    private readonly Tensor _x, _hidden, _cell, _inputWeights, _hiddenWeights, _inputBias, _hiddenBias;
    private readonly Tensor _dOutputs, _dHidden, _dCell;

    public LstmSample(LstmShape shape, ulong seed)
    {
        _shape = shape;
        var generator = new Generator(seed);
        (int i, int h, int b, int t) = shape;
        _x = Kernel.Normal(generator, t, b, i); // [t, B, I]
        _hidden = Kernel.Normal(generator, b, h); // [B, H]
        _cell = Kernel.Normal(generator, b, h); // [B, H]
        _inputWeights = Kernel.Normal(generator, 4 * h, i) / Math.Sqrt(i); // [4H, I]
        _hiddenWeights = Kernel.Normal(generator, 4 * h, h) / Math.Sqrt(h); // [4H, H]
        _inputBias = Kernel.Normal(generator, 4 * h); // [4H]
        _hiddenBias = Kernel.Normal(generator, 4 * h); // [4H]
        _dOutputs = Kernel.Normal(generator, t, b, h); // [t, B, H]
        _dHidden = Kernel.Normal(generator, b, h); // [B, H]
        _dCell = Kernel.Normal(generator, b, h); // [B, H]
    }

    /// <summary>Results and gradients of <c>torch.nn.LSTM</c> in float64.</summary>
    public Dictionary<string, Tensor> Torch()
    {
        using LSTM lstm = nn.LSTM(_shape.Inputs, _shape.Hidden, dtype: ScalarType.Float64);
        Tensor[] weights = [.. new[] { "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0" }.Select(name => lstm.get_parameter(name)!)];
        using (no_grad())
        {
            foreach ((Tensor weight, Tensor value) in weights.Zip([_inputWeights, _hiddenWeights, _inputBias, _hiddenBias]))
            {
                weight.copy_(value);
            }
        }

        return Outcome(ScalarType.Float64, weights[..3], (x, hidden, cell) =>
        {
            (Tensor outputs, Tensor h, Tensor c) = lstm.call(x, (hidden.unsqueeze(0), cell.unsqueeze(0))); // [t, B, H], [1, B, H]
            return (outputs, h[0], c[0]);
        });
    }

    /// <summary>Results and gradients of the kernel.</summary>
    public Dictionary<string, Tensor> Kit(ScalarType type = ScalarType.Float64, Precision precision = Precision.Float32)
    {
        // nn.LSTM has two biases; both have the gradient of their sum.
        Tensor[] weights =
            [.. new[] { _inputWeights, _hiddenWeights, _inputBias + _hiddenBias }.Select(weight => weight.to(type, copy: true).requires_grad_())];
        return Kernel.InSlices(_shape.Slices, () => Outcome(type, weights, (x, hidden, cell) =>
        {
            (Tensor? outputs, Tensor h, Tensor? c) = RecurrentFunction.Read(
                RecurrentKind.Lstm, x, hidden, cell, (weights[0], weights[1], weights[2]), _shape.Result, precision == Precision.BFloat16);
            return (outputs, h, c!);
        }));
    }

    private Dictionary<string, Tensor> Outcome(
        ScalarType type, Tensor[] weights, Func<Tensor, Tensor, Tensor, (Tensor? Outputs, Tensor Hidden, Tensor Cell)> read)
    {
        (Tensor xLeaf, Tensor x) = Leaf(_x, _shape.InputsNeedGradient);
        (Tensor hiddenLeaf, Tensor hidden) = Leaf(_hidden, _shape.StateNeedsGradient);
        (Tensor cellLeaf, Tensor cell) = Leaf(_cell, _shape.StateNeedsGradient);
        (Tensor? outputs, Tensor lastHidden, Tensor lastCell) = read(x, hidden, cell);
        var outcome = new Dictionary<string, Tensor>
        {
            ["h"] = lastHidden.detach(),
            ["c"] = lastCell.detach(),
        };
        if (_shape.Result != RecurrentResult.State)
        {
            outcome["outputs"] = outputs!.detach();
        }

        if (is_grad_enabled())
        {
            Tensor ofOutputs() => (outputs! * _dOutputs.to(type)).sum(); // []
            Tensor ofState() => (lastHidden * _dHidden.to(type)).sum() + (lastCell * _dCell.to(type)).sum(); // []
            (_shape.Result switch
            {
                RecurrentResult.Outputs => ofOutputs(),
                RecurrentResult.State => ofState(),
                _ => ofOutputs() + ofState(),
            }).backward();
            Tensor[] leaves = [xLeaf, hiddenLeaf, cellLeaf, .. weights];
            foreach ((string name, Tensor leaf) in new[] { "dx", "dh", "dc", "dWx", "dWh", "db" }.Zip(leaves))
            {
                Assert.Equal(leaf.requires_grad, leaf.grad is not null);
                if (leaf.grad is Tensor gradient)
                {
                    outcome[name] = gradient;
                }
            }
        }

        return outcome;

        // A leaf, and the same as the layer reads it: itself, or another order of the numbers in memory.
        (Tensor Leaf, Tensor Read) Leaf(Tensor value, bool needsGradient)
        {
            Tensor leaf = (_shape.Contiguous ? value : value.transpose(0, 1).contiguous()).to(type, copy: true); // [t, B, I] or [B, t, I]
            leaf.requires_grad_(needsGradient);
            return (leaf, _shape.Contiguous ? leaf : leaf.transpose(0, 1)); // [t, B, I]
        }
    }
}
