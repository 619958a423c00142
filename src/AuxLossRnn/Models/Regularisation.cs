using System.Text.Json.Serialization;

namespace AuxLossRnn.Models;

/// <summary>What the 0.5 on the second feed-forward layer falls on during training.</summary>
/// <remarks>One source on the paper says DropConnect, another Dropout; the default is DropConnect.</remarks>
public enum Regularisation
{
    /// <summary>Weights of the second layer are dropped, one mask a batch (Wan et al. 2013). Its bias is not.</summary>
    [JsonStringEnumMemberName("dropconnect")]
    DropConnect,

    /// <summary>Activations that enter the second layer are dropped.</summary>
    Dropout,

    /// <summary>Nothing is dropped.</summary>
    None,
}
