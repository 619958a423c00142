using AuxLossRnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests;

/// <summary>
/// An encoder as a reader might write it: a minimal gated unit (Zhou et al. 2016) that also reads a slow trace of its own state.
/// </summary>
/// <remarks>Its state has two parts, h <c>[1, B, H]</c> and the trace <c>[1, B, 2, 3]</c>.</remarks>
internal sealed class MguEncoder : SequenceEncoder
{
    private const int Rows = 2, Columns = 3;

    private readonly Linear _forget, _candidate, _trace;

    private MguEncoder(InputEncoder input, int hidden)
        : base(nameof(MguEncoder), input, hidden)
    {
        _forget = nn.Linear(input.Size + hidden, hidden);
        _candidate = nn.Linear(input.Size + hidden + Rows * Columns, hidden);
        _trace = nn.Linear(hidden, Rows * Columns);
        register_module("forget", _forget);
        register_module("candidate", _candidate);
        register_module("trace", _trace);
    }

    public static EncoderPart Part { get; } = new("mgu", context => new MguEncoder(context.Input, context.Hidden));

    public override EncoderState InitialState(long batch)
    {
        Tensor like = _forget.weight!;
        return new EncoderState(
            zeros(1, batch, StateSize, dtype: like.dtype, device: like.device), zeros(1, batch, Rows, Columns, dtype: like.dtype, device: like.device));
    }

    public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
    {
        Tensor x = Input.Encode(inputs, tokens); // [t, B, E]
        (Tensor h, Tensor trace) = (state[0][0], state[1][0]); // [B, H], [B, 2, 3]
        var outputs = new List<Tensor>();
        for (int t = 0; t < x.shape[0]; t++)
        {
            Tensor forget = _forget.call(cat([x[t], h], 1)).sigmoid(); // [B, H]
            Tensor candidate = _candidate.call(cat([x[t], forget * h, trace.flatten(1)], 1)).tanh(); // [B, H]
            h = h + forget * (candidate - h);
            trace = 0.75 * trace + 0.25 * _trace.call(h).tanh().reshape(-1, Rows, Columns);
            outputs.Add(h);
        }

        return (result == ReadResult.State ? null : stack(outputs), new EncoderState(h.unsqueeze(0), trace.unsqueeze(0)));
    }
}
