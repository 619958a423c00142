using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>The kit's training step, through its public API.</summary>
internal sealed class KitStep(StepRecipe recipe, AuxiliaryLossModel model) : TrainingStep(recipe, model)
{
    private readonly GradientRoutes _routes = new(recipe.Spec, model);
    private readonly Generator _masks = new(0, Steps.Device);

    public override double Backward(bool drop)
    {
        using var scope = NewDisposeScope();
        (Segment[] before, Segment[] after) = Steps.Segments(Recipe, Done);
        _masks.manual_seed(new RandomStream(Spec.Seed, RandomPurpose.Regularisation, Done).NextSeed());
        var drawn = model.Losses.Select(loss => (loss, (IReadOnlyList<Segment>)(loss.Loss is ReconstructionLoss ? before : after)));
        BatchLosses losses = _routes.Losses(Batch, Recipe.Kind != StepKind.Pretraining, drawn, drop ? _masks : null);
        Tensor? weighted = losses.AuxiliarySum is Tensor loss ? loss * Spec.AuxiliaryWeight : null; // []
        Tensor total = losses.Supervised is null ? weighted! : weighted is null ? losses.Supervised : losses.Supervised + weighted; // []
        losses.Backward(total);
        return total.item<float>();
    }

    public override void Dispose()
    {
        _masks.Dispose();
        base.Dispose();
    }
}
