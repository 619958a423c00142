using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments;

/// <summary>Where a notebook runs.</summary>
public static class ThisMachine
{
    /// <summary>The versions and the processor, in a line.</summary>
    public static string Describe()
    {
        RunEnvironment here = RunEnvironment.Capture(0, TorchSharp.torch.CPU, TimeProvider.System);
        return $"AuxLossRnn {here.Kit}, TorchSharp {here.TorchSharpVersion}, {here.Framework}; {here.Processor}, {here.Cores} cores";
    }
}
