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
    public override EncoderState InitialState(long batch)
    {
        LstmState zero = LstmState.Zero(1, batch, StateSize, parameters().First()); // [1, B, H]
        return new EncoderState(zero.Hidden, zero.Cell);
    }

    /// <inheritdoc/>
    public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
    {
        (Tensor x, Linear? projection) = Input.Prepare(inputs, tokens); // [t, B, F] or [t, B, E]
        (Tensor? outputs, LstmState last) = _lstm.Read(x, projection, new LstmState(state[0], state[1]), result); // [t, B, H]
        return (outputs, new EncoderState(last.Hidden, last.Cell)); // [1, B, H] each
    }

    /// <inheritdoc/>
    public override EncoderState ReadTo(Tensor inputs, Tensor tokens, EncoderState state, IReadOnlyList<int> stops)
    {
        (Tensor x, Linear? projection) = Input.Prepare(inputs, tokens); // [t, B, F] or [t, B, E]
        var before = new LstmState(state[0], state[1]);
        if (!_lstm.ReadsTo(x, before))
        {
            return base.ReadTo(inputs, tokens, state, stops);
        }

        LstmState states = _lstm.Read(x, projection, before, ReadResult.State, stops).State;
        return new EncoderState(states.Hidden, states.Cell); // [1, S·B, H] each
    }
}
