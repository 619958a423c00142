using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks.Straightforward;

/// <summary>A training step of the straightforward implementation.</summary>
internal sealed class StraightforwardStep(StepRecipe recipe, StraightforwardModel model) : TrainingStep(recipe, model)
{
    public override double Backward(bool drop)
    {
        using var scope = NewDisposeScope();
        var segments = Steps.Segments(Recipe, Done).Before
            .Where(segment => segment.Example == 0) // all examples have the same
            .Select(segment => (segment.Anchor, segment.Start));
        Tensor loss = model.Loss(Batch, [.. segments], drop); // []
        loss.backward();
        return loss.item<float>();
    }
}
