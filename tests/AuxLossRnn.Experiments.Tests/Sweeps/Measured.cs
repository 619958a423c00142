using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests.Sweeps;

/// <summary>Runs that were not trained.</summary>
internal static class Measured
{
    private static readonly RunEnvironment Here = RunEnvironment.Capture(1, TorchSharp.torch.CPU, TimeProvider.System);

    /// <summary>A finished run of 12 steps.</summary>
    /// <param name="spec">What was trained.</param>
    /// <param name="accuracy">The test accuracy in [0, 1]; null for none.</param>
    public static MeasuredResult Run(ExperimentSpec spec, double? accuracy) => new(
        spec, new RunSummary(RunStatus.Finished, 12, 100, accuracy, null, accuracy / 2, 6, null, null, 1.5, 1, null), Here, []);
}
