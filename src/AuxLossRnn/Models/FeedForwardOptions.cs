namespace AuxLossRnn.Models;

/// <summary>The choices of a <see cref="FeedForward"/>.</summary>
/// <param name="Hidden">The size of the hidden layer; 256 in the paper.</param>
/// <param name="Activation">The activation between the layers.</param>
/// <param name="Regularisation">What is dropped.</param>
/// <param name="DropRate">How much of it, in [0, 1); 0.5 in the paper.</param>
public sealed record FeedForwardOptions(
    int Hidden = 256,
    Activation Activation = Activation.ReLU,
    Regularisation Regularisation = Regularisation.DropConnect,
    double DropRate = 0.5);
