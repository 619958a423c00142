using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The state of an encoder between two steps: one tensor or several, of any shapes whose dimension 1 is the batch.</summary>
/// <remarks>An LSTM's is h and c, both <c>[1, B, H]</c>; a GRU's is h alone.</remarks>
/// <param name="parts">The tensors, each <c>[n, B, …]</c>.</param>
public sealed class EncoderState(params Tensor[] parts)
{
    /// <summary>The tensors, each <c>[n, B, …]</c>.</summary>
    public IReadOnlyList<Tensor> Parts => parts;

    /// <summary>One of the tensors, <c>[n, B, …]</c>.</summary>
    /// <param name="part">Which one.</param>
    public Tensor this[int part] => parts[part];

    /// <summary>The same state, through which no gradient passes.</summary>
    public EncoderState Detach() => Map(part => part.detach());

    /// <summary>Some rows of the batch.</summary>
    /// <param name="rows">Which ones, int64 <c>[R]</c>.</param>
    public EncoderState Rows(Tensor rows) => Map(part => part.index_select(1, rows)); // [n, R, …]

    /// <summary>Each part made into another.</summary>
    /// <param name="change">What becomes of a part.</param>
    public EncoderState Map(Func<Tensor, Tensor> change) => new([.. parts.Select(change)]);

    /// <summary>States side by side, as one batch.</summary>
    /// <param name="states">The states.</param>
    public static EncoderState Concatenate(IReadOnlyList<EncoderState> states) => states.Count == 1
        ? states[0]
        : new EncoderState([.. states[0].Parts.Select((_, part) => cat([.. states.Select(state => state[part])], 1))]);

    /// <summary>Moves the state to the dispose scope around the present one.</summary>
    internal EncoderState MoveToOuterDisposeScope() => Map(part => part.MoveToOuterDisposeScope());
}
