using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using TorchSharp;

namespace AuxLossRnn.Tests.Training;

/// <summary>Training on a GPU: the same losses, read every twentieth step.</summary>
[Collection(OneAtATime.Name)]
public sealed class CudaTrainingTests
{
    [Theory]
    [InlineData("lstm")]
    [InlineData("rp-lstm")]
    [InlineData("gru")]
    [InlineData("irnn")]
    [InlineData("urnn")]
    [InlineData("transformer")]
    public void A_gpu_computes_the_losses_of_the_processor(ModelName model)
    {
        Assert.SkipUnless(Devices.CudaCount > 0, "There is no CUDA device, or this build is without CUDA.");

        // Masks come from the device's own generator, so nothing is dropped.
        ExperimentSpec spec = TinyRun.Of(model) with { Regularisation = Regularisation.None, Epochs = 9, Steps = 45, ClipNorm = 0.5 };
        var (here, logHere) = Train(spec, torch.CPU);
        var (there, logThere) = Train(spec, torch.CUDA);

        Assert.Equal((1, 20), (logHere, logThere));
        Assert.Equal(here.Select(step => step.Step), there.Select(step => step.Step));
        Assert.All(here.Zip(there), pair =>
        {
            Assert.Equal(pair.First.LossSupervised ?? 0, pair.Second.LossSupervised ?? 0, 1e-2);
            Assert.Equal(pair.First.LossAuxiliary ?? 0, pair.Second.LossAuxiliary ?? 0, 1e-2);
            Assert.Equal(pair.First.GradientNorm, pair.Second.GradientNorm, 1e-2);
        });
    }

    private static (List<StepMetrics> Steps, int LogEvery) Train(ExperimentSpec spec, torch.Device device)
    {
        using var trainer = new Trainer(spec, TinyRun.Data, device: device);
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;
        trainer.Run();
        return (steps, trainer.LogEvery);
    }
}
