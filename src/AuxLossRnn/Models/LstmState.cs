using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The state of some LSTM layers between two steps.</summary>
/// <param name="Hidden">The hidden state h, <c>[layers, B, H]</c>.</param>
/// <param name="Cell">The cell state c, <c>[layers, B, H]</c>.</param>
public readonly record struct LstmState(Tensor Hidden, Tensor Cell)
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
    public LstmState Detach() => new(Hidden.detach(), Cell.detach());
}
