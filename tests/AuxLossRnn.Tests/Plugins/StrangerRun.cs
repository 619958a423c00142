using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Plugins;

/// <summary>A run with an encoder and a loss that the kit does not know, beside the kit's reconstruction.</summary>
internal static class StrangerRun
{
    public const string Argument = "train-strangers";

    /// <summary>150 steps, of which 30 pretrain.</summary>
    public static ExperimentSpec Spec { get; } = TinyRun.Spec with
    {
        Model = "r+ink-mgu",
        AuxiliaryHidden = 6, // the trace has six numbers
        Optimiser = OptimiserKind.Adam,
        Regularisation = Regularisation.Dropout,
        PretrainEpochs = 5,
        Epochs = 20,
        EvaluateEvery = 7,
        CheckpointEvery = 3,
    };

    public static ModelParts Parts { get; } = ModelParts.Of(Spec, MguEncoder.Part, InkLoss.Part);

    /// <summary>Trains to the end, going on where a run in the folder is.</summary>
    public static int Train(string folder)
    {
        using var trainer = new Trainer(Spec, TinyRun.Data, RunFolder.Open(folder, Spec, resume: RunFolder.Exists(folder)), parts: Parts);
        return trainer.Run().Status == RunStatus.Finished ? 0 : 1;
    }
}
