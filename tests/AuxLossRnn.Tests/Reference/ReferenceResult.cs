namespace AuxLossRnn.Tests.Reference;

/// <summary>The losses, 0 where not included, and the gradients of their sum.</summary>
/// <param name="SupervisedLoss">Cross-entropy of the classes, mean over the batch.</param>
/// <param name="ReconstructionLoss">Mean over rows and steps of the token losses.</param>
/// <param name="PredictionLoss">Mean over rows and steps of the token losses.</param>
/// <param name="Gradients">One array a weight, row-major as the weight; all zeros where no gradient arrives.</param>
/// <param name="StoppedValues">Every stopped value in order, for finite differences that hold them fixed.</param>
public sealed record ReferenceResult(
    double SupervisedLoss,
    double ReconstructionLoss,
    double PredictionLoss,
    IReadOnlyDictionary<string, double[]> Gradients,
    IReadOnlyList<double> StoppedValues)
{
    public double TotalLoss => SupervisedLoss + ReconstructionLoss + PredictionLoss;
}
