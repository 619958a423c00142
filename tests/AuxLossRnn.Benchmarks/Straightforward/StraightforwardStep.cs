using AuxLossRnn.AuxiliaryLosses;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks.Straightforward;

/// <summary>A training step of the straightforward implementation.</summary>
internal sealed class StraightforwardStep(StepRecipe recipe, StraightforwardModel model) : TrainingStep(recipe, model)
{
    public override double Backward(bool drop)
    {
        using var scope = NewDisposeScope();
        var (before, after) = Steps.Segments(Recipe, Done);
        Tensor loss = model.Loss(Batch, Recipe.Kind == StepKind.Joint, Places(before), Places(after), drop); // []
        loss.backward();
        return loss.item<float>();
    }

    // All examples have the same.
    private static (int Anchor, int Start)[] Places(IEnumerable<Segment> segments) =>
        [.. segments.Where(segment => segment.Example == 0).Select(segment => (segment.Anchor, segment.Start))];
}
