using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The state of an LSTM, or of another recurrent network, between two steps.</summary>
/// <param name="Hidden">The hidden state h, <c>[layers, B, H]</c>.</param>
/// <param name="Cell">The cell state c, <c>[layers, B, H]</c>; null for networks that have none.</param>
public readonly record struct LstmState(Tensor Hidden, Tensor? Cell)
{
    /// <summary>The zero state.</summary>
    /// <param name="layers">The number of layers.</param>
    /// <param name="batch">The batch size B.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="like">A tensor whose type and device the state takes.</param>
    public static LstmState Zero(int layers, long batch, int hidden, Tensor like)
    {
        Tensor zero() => zeros(layers, batch, hidden, dtype: like.dtype, device: like.device); // [layers, B, H]
        return new LstmState(zero(), zero());
    }

    /// <summary>The same state, through which no gradient passes.</summary>
    public LstmState Detach() => new(Hidden.detach(), Cell?.detach());

    /// <summary>Some rows of the batch.</summary>
    /// <param name="rows">Which ones, int64 <c>[R]</c>.</param>
    public LstmState Rows(Tensor rows) => new(Hidden.index_select(1, rows), Cell?.index_select(1, rows));

    /// <summary>Moves the state to the dispose scope around the present one.</summary>
    internal LstmState MoveToOuterDisposeScope() => new(Hidden.MoveToOuterDisposeScope(), Cell?.MoveToOuterDisposeScope());

    /// <summary>States side by side, as one batch.</summary>
    /// <param name="states">The states.</param>
    public static LstmState Concatenate(IReadOnlyList<LstmState> states) => states.Count == 1
        ? states[0]
        : new LstmState(
            cat([.. states.Select(state => state.Hidden)], 1),
            states[0].Cell is null ? null : cat([.. states.Select(state => state.Cell!)], 1));
}
