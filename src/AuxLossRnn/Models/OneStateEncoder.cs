using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>A recurrent network whose state is its output, computed by the kit's kernel where it can be, by libtorch elsewhere.</summary>
public abstract class OneStateEncoder : SequenceEncoder
{
    private readonly RecurrentKind _kind;
    private readonly ComputeOptions _compute;

    /// <summary>An encoder.</summary>
    /// <param name="name">The class's name.</param>
    /// <param name="kind">The network.</param>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="compute">How it computes.</param>
    private protected OneStateEncoder(string name, RecurrentKind kind, InputEncoder input, int hidden, ComputeOptions compute)
        : base(name, input, hidden) => (_kind, _compute) = (kind, compute);

    /// <summary>libtorch's layer of the weights.</summary>
    /// <param name="x">What it reads, <c>[t, B, E]</c>.</param>
    /// <param name="state">The state before the first step, <c>[1, B, H]</c>.</param>
    /// <returns>The outputs, <c>[t, B, H]</c>, and the state after the last step, <c>[1, B, H]</c>.</returns>
    private protected abstract (Tensor Outputs, Tensor State) ReadByModule(Tensor x, Tensor state);

    /// <summary>A weight of the layer, by PyTorch's name for it.</summary>
    private protected abstract Tensor Weight(string name);

    /// <summary>b, from the two that PyTorch keeps, the first of them with a projection's bias folded into it.</summary>
    private protected abstract Tensor Bias(Tensor ofInput, Tensor ofHidden);

    /// <inheritdoc/>
    public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
    {
        (Tensor x, Linear? projection) = Input.Prepare(inputs, tokens); // [t, B, F] or [t, B, E]
        if (Fused(x, state))
        {
            return ReadByKernel(x, projection, state, result);
        }

        (Tensor all, Tensor last) = ReadByModule(projection?.call(x) ?? x, state[0]); // [t, B, H], [1, B, H]
        return (all, new EncoderState(last));
    }

    /// <inheritdoc/>
    public override EncoderState ReadTo(Tensor inputs, Tensor tokens, EncoderState state, IReadOnlyList<int> stops)
    {
        (Tensor x, Linear? projection) = Input.Prepare(inputs, tokens); // [t, B, F] or [t, B, E]
        return Fused(x, state)
            ? ReadByKernel(x, projection, state, ReadResult.State, stops).State // [1, S·B, H]
            : base.ReadTo(inputs, tokens, state, stops);
    }

    private (Tensor? Outputs, EncoderState State) ReadByKernel(
        Tensor x, Linear? projection, EncoderState state, ReadResult result, IReadOnlyList<int>? stops = null)
    {
        if (projection is not null && !_compute.FoldedInput)
        {
            (x, projection) = (projection.call(x), null); // [t, B, E]
        }

        (Tensor? outputs, Tensor hidden, _) = RecurrentFunction.Read(_kind, x, state[0], null, Weights(projection), (RecurrentResult)result, stops: stops); // [t, B, H]
        return (outputs, new EncoderState(hidden)); // [1, S·B, H]
    }

    private bool Fused(Tensor x, EncoderState state) => _compute.FusedLstm && RecurrentFunction.Accepts(x, state[0]);

    /// <summary>The weights, with a projection folded into them as <see cref="LstmLayers"/> does.</summary>
    private (Tensor Input, Tensor Hidden, Tensor Bias) Weights(Linear? projection)
    {
        Tensor input = Weight("weight_ih_l0"), bias = Weight("bias_ih_l0"); // [blocks · H, E], [blocks · H]
        if (projection is not null)
        {
            bias = input.mv(projection.bias!).Plus(bias); // [blocks · H]
            input = input.mm(projection.weight!); // [blocks · H, F]
        }

        return (input, Weight("weight_hh_l0"), Bias(bias, Weight("bias_hh_l0")));
    }
}
