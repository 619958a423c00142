using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Runtime;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>The kit's training step, of the parts that the trainer uses.</summary>
internal sealed class KitStep : TrainingStep
{
    private readonly AuxiliaryLossModel _model;
    private readonly OptimiserStep _step;
    private readonly GradientRoutes _routes;
    private readonly Generator _masks = new(0, Steps.Device);

    public KitStep(StepRecipe recipe, AuxiliaryLossModel model)
        : base(recipe, model) =>
        (_model, _routes, _step) = (model, new GradientRoutes(recipe.Spec, model), new OptimiserStep(Optimiser, model, recipe.Spec.ClipNorm));

    public override double Backward(bool drop)
    {
        using var scope = NewDisposeScope();
        (Segment[] before, Segment[] after) = Steps.Segments(Recipe, Done);
        _masks.manual_seed(new RandomStream(Spec.Seed, RandomPurpose.Regularisation, Done).NextSeed());
        var drawn = _model.Losses.Select(loss => (loss, (IReadOnlyList<Segment>)(loss.Loss is ReconstructionLoss ? before : after)));
        BatchLosses losses = _routes.Losses(Batch, Recipe.Kind != StepKind.Pretraining, drawn, drop ? _masks : null);
        Tensor? weighted = losses.AuxiliarySum is Tensor loss ? loss * Spec.AuxiliaryWeight : null; // []
        Tensor total = losses.Supervised is null ? weighted! : weighted is null ? losses.Supervised : losses.Supervised + weighted; // []
        losses.Backward(total);
        return total.item<float>();
    }

    protected override void Clear() => _step.Clear();

    protected override void Update()
    {
        _step.Norm();
        _step.Take(Spec.LearningRate);
    }

    public override void Dispose()
    {
        _masks.Dispose();
        base.Dispose();
    }
}
