using System.Text.Json.Serialization;

namespace AuxLossRnn.Specs;

/// <summary>The models that can be trained.</summary>
public enum ModelKind
{
    /// <summary>An LSTM with the supervised loss alone.</summary>
    [JsonStringEnumMemberName("lstm")]
    Lstm,

    /// <summary>An LSTM that also reconstructs what came before random anchors (§2.1).</summary>
    [JsonStringEnumMemberName("r-lstm")]
    RLstm,

    /// <summary>An LSTM that also predicts what comes after random anchors (§2.1).</summary>
    [JsonStringEnumMemberName("p-lstm")]
    PLstm,

    /// <summary>Both auxiliary losses at once, which the paper's authors never combined.</summary>
    [JsonStringEnumMemberName("rp-lstm")]
    RpLstm,

    /// <summary>A gated recurrent unit (Cho et al. 2014).</summary>
    Gru,

    /// <summary>Rectified linear units that begin as the identity (Le, Jaitly, Hinton 2015).</summary>
    Irnn,

    /// <summary>A complex state with a unitary recurrent matrix (Arjovsky, Shah, Bengio 2016).</summary>
    Urnn,

    /// <summary>A Transformer encoder (Vaswani et al. 2017).</summary>
    Transformer,
}
