namespace AuxLossRnn.Models;

/// <summary>How the LSTMs' weights are drawn; unknown for the paper.</summary>
public enum Initialisation
{
    /// <summary>PyTorch's: uniform within ±1/√H; the default.</summary>
    Framework,

    /// <summary>As PyTorch's, but with orthogonal recurrent weights, gate by gate.</summary>
    Orthogonal,
}
