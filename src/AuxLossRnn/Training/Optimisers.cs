using AuxLossRnn.Specs;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Training;

/// <summary>Makes the optimiser that a spec asks for.</summary>
public static class Optimisers
{
    /// <summary>An optimiser over all weights of a model.</summary>
    /// <param name="spec">Kind and constants.</param>
    /// <param name="model">The model.</param>
    public static OptimizerHelper Create(ExperimentSpec spec, nn.Module model) => spec.Optimiser switch
    {
        OptimiserKind.Adam => optim.Adam(
            model.parameters(), spec.LearningRate, eps: spec.Epsilon, weight_decay: spec.WeightDecay),
        OptimiserKind.AdamW => optim.AdamW(
            model.parameters(), spec.LearningRate, eps: spec.Epsilon, weight_decay: spec.WeightDecay),
        _ => optim.RMSProp(
            model.parameters(), spec.LearningRate, alpha: spec.RmsPropAlpha, eps: spec.Epsilon, weight_decay: spec.WeightDecay),
    };

    /// <summary>Sets the learning rate of every weight.</summary>
    /// <param name="optimiser">The optimiser.</param>
    /// <param name="rate">The rate.</param>
    public static void SetLearningRate(OptimizerHelper optimiser, double rate)
    {
        foreach (ParamGroup group in optimiser.ParamGroups)
        {
            group.LearningRate = rate;
        }
    }
}
