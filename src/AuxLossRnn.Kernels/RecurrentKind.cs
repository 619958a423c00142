namespace AuxLossRnn.Kernels;

/// <summary>The recurrent networks that the kernel computes.</summary>
public enum RecurrentKind
{
    /// <summary>Long short-term memory, with a second state.</summary>
    Lstm,

    /// <summary>The gated recurrent unit.</summary>
    Gru,

    /// <summary>Rectified linear units.</summary>
    Relu,
}
