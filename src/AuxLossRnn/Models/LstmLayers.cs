using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>One or more LSTM layers, one on top of the other.</summary>
/// <remarks>In the module that owns them, their weights are PyTorch's: <c>lstm.weight_ih_l0</c> and so on.</remarks>
public sealed class LstmLayers
{
    private readonly LSTM _lstm;
    private readonly int _layers;
    private readonly ComputeOptions _compute;

    /// <summary>Some layers.</summary>
    /// <param name="inputs">The inputs of the bottom one.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="layers">How many.</param>
    /// <param name="compute">How they compute.</param>
    public LstmLayers(int inputs, int hidden, int layers, ComputeOptions compute)
    {
        _lstm = nn.LSTM(inputs, hidden, numLayers: layers);
        _layers = layers;
        _compute = compute;
    }

    /// <summary>Makes the weights weights of a module.</summary>
    /// <param name="owner">The module.</param>
    public void RegisterIn(nn.Module owner) => owner.register_module("lstm", _lstm);

    /// <summary>Whether one reading can give the states after several steps.</summary>
    /// <param name="x">What the bottom layer reads.</param>
    /// <param name="state">The state before the first step.</param>
    public bool ReadsTo(Tensor x, LstmState state) => _layers == 1 && Fused(x, state);

    private bool Fused(Tensor x, LstmState state) => _compute.FusedLstm && RecurrentFunction.Accepts(x, state.Hidden);

    /// <summary>Reads some steps.</summary>
    /// <param name="x">What the bottom layer reads, <c>[t, B, I]</c>, or the features that <paramref name="projection"/> makes it of.</param>
    /// <param name="projection">A linear layer before the bottom one; null for none.</param>
    /// <param name="state">The state before the first step, <c>[layers, B, H]</c>.</param>
    /// <param name="result">What the gradient comes back to; the state of more than one layer is not alone.</param>
    /// <param name="stops">With one layer and the state as the result: after how many steps it is wanted, as <see cref="ReadsTo"/> allows; null for after all.</param>
    /// <returns>The top layer's h after each step, <c>[t, B, H]</c>, null for the state alone, and the state after the last, or at each stop, side by side.</returns>
    public (Tensor? Outputs, LstmState State) Read(Tensor x, Linear? projection, LstmState state, ReadResult result, IReadOnlyList<int>? stops = null)
    {
        if (projection is not null && !_compute.FoldedInput)
        {
            (x, projection) = (projection.call(x), null); // [t, B, E]
        }

        return Fused(x, state) ? ReadByKernel(x, projection, state, (RecurrentResult)result, stops)
            : projection is null ? ReadByModule(x, state)
            : TorchLstm.Read(x, state, WithProjection(projection)); // [t, B, H]
    }

    private (Tensor? Outputs, LstmState State) ReadByModule(Tensor x, LstmState state)
    {
        (Tensor outputs, Tensor hidden, Tensor cell) = _lstm.call(x, (state.Hidden, state.Cell)); // [t, B, H], [layers, B, H]
        return (outputs, new LstmState(hidden, cell));
    }

    private (Tensor? Outputs, LstmState State) ReadByKernel(
        Tensor x, Linear? projection, LstmState state, RecurrentResult result, IReadOnlyList<int>? stops)
    {
        var states = new List<LstmState>();
        for (int layer = 0; layer < _layers; layer++)
        {
            (Tensor input, Tensor bias) = InputWeights(layer, layer == 0 ? projection : null); // [4H, I], [4H]
            (Tensor? outputs, Tensor hidden, Tensor? cell) = RecurrentFunction.Read(
                RecurrentKind.Lstm, x, Layer(state.Hidden, layer), Layer(state.Cell, layer), (input, Weight($"weight_hh_l{layer}"), bias),
                result, _compute.Precision == Precision.BFloat16, stops); // [t, B, H], [1, S·B, H]
            if (_layers == 1)
            {
                return (outputs, new LstmState(hidden, cell!)); // [1, S·B, H]
            }

            x = outputs!;
            states.Add(new LstmState(hidden, cell!)); // [1, B, H]
        }

        return (x, new LstmState(
            cat([.. states.Select(last => last.Hidden)], 0),
            cat([.. states.Select(last => last.Cell)], 0)));
    }

    /// <summary>All layers' weights as libtorch takes them, with a projection folded into the bottom one's; one of the two biases is zero.</summary>
    private Tensor[] WithProjection(Linear projection) => [.. Enumerable.Range(0, _layers).SelectMany(layer =>
    {
        (Tensor input, Tensor bias) = InputWeights(layer, layer == 0 ? projection : null); // [4H, I], [4H]
        return new[] { input, Weight($"weight_hh_l{layer}"), bias, zeros_like(bias) };
    })];

    /// <summary>A layer's input weights and bias, with a projection folded into them.</summary>
    /// <remarks>
    /// <code>
    /// W_ih (W x + b) + b_ih + b_hh = (W_ih W) x + (W_ih b + b_ih + b_hh)
    /// </code>
    /// The function and its gradients are the same; the products over all steps have F instead of E inputs.
    /// </remarks>
    private (Tensor Weights, Tensor Bias) InputWeights(int layer, Linear? projection)
    {
        Tensor weights = Weight($"weight_ih_l{layer}"); // [4H, E]
        Tensor bias = Weight($"bias_ih_l{layer}").Plus(Weight($"bias_hh_l{layer}")); // [4H]
        return projection is null
            ? (weights, bias)
            : (weights.mm(projection.weight!), weights.mv(projection.bias!).Plus(bias)); // [4H, F], [4H]
    }

    private Tensor Layer(Tensor states, int layer) => _layers == 1 ? states : states.narrow(0, layer, 1); // [1, B, H]

    private Parameter Weight(string name) => _lstm.get_parameter(name)!;
}
