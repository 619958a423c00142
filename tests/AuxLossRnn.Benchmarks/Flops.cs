using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Benchmarks;

/// <summary>Counts the floating-point operations that the mathematics of a step needs.</summary>
/// <remarks>
/// A multiplication with its addition counts 2; element by element work (gates, activations, losses, the optimiser) is
/// not counted. A linear or raw input encoding is folded into the LSTM that reads it: F inputs, not E. The main LSTM
/// reads each step once, as far as the last state that a loss needs, and goes back over each loss's window separately,
/// because each stops at a step of its own. An LSTM of I inputs costs 8H(I + H) a step forward, the same for the gradients
/// of its weights, 8H² for that of its state and 8HI for that of its inputs, if they are not data.
/// </remarks>
internal static class Flops
{
    private const int Draws = 50;
    private const int Features = Steps.Features;

    /// <summary>The mean over the anchors of many steps.</summary>
    public static long Mean(StepRecipe recipe) => recipe.Kind switch
    {
        StepKind.Product or StepKind.Tile => 2L * recipe.T * recipe.T * recipe.T,
        StepKind.Evaluation => Evaluation(recipe),
        _ => (long)Enumerable.Range(0, Draws).Average(step => (double)Training(recipe, step)),
    };

    private static long Evaluation(StepRecipe recipe)
    {
        ExperimentSpec spec = recipe.Spec;
        return spec.Batch * (recipe.T * Forward(Features, spec.Hidden) + Head(spec.Hidden, spec, Steps.Classes));
    }

    private static long Training(StepRecipe recipe, int step)
    {
        ExperimentSpec spec = recipe.Spec;
        (int main, long length) = (spec.Hidden, spec.Segment);
        int auxiliary = spec.AuxiliaryHidden ?? main;
        bool supervised = recipe.Kind != StepKind.Pretraining;
        (Segment[] before, Segment[] after) = Steps.Segments(recipe, step);

        int read = supervised ? recipe.T : before.Select(s => s.Anchor).Concat(after.Select(s => s.Anchor + spec.Segment)).Max();
        long sum = spec.Batch * read * Forward(Features, main);
        if (supervised)
        {
            long window = recipe.T - spec.Truncation.StartBefore(recipe.T);
            sum += spec.Batch * (window * Backward(Features, main, isData: true) + 3 * Head(main, spec, Steps.Classes));
        }

        int outputs = spec.TokenLoss == TokenLoss.CrossEntropy ? Features * SequenceDataset.ByteLevels : Features;
        long top = Forward(auxiliary, auxiliary) + Backward(auxiliary, auxiliary, isData: false) + 3 * Head(auxiliary, spec, outputs);
        foreach (Segment segment in before)
        {
            long window = segment.Anchor - spec.AuxiliaryTruncation.StartBefore(segment.Anchor);
            long bottom = Forward(Features, auxiliary) + Backward(Features, auxiliary, isData: true);
            sum += window * Backward(Features, main, isData: true) + length * (bottom + top);
        }

        long below = spec.AuxiliaryTruncation == Truncation.None ? 0 : Backward(Features, main, isData: true);
        long stacked = Forward(main, auxiliary) + Backward(main, auxiliary, isData: below == 0);
        return sum + after.Length * length * (below + stacked + top);
    }

    private static long Forward(int inputs, int hidden) => 8L * hidden * (inputs + hidden);

    private static long Backward(int inputs, int hidden, bool isData) =>
        Forward(inputs, hidden) + 8L * hidden * (hidden + (isData ? 0 : inputs));

    private static long Head(int inputs, ExperimentSpec spec, int outputs) => 2L * spec.FeedForwardHidden * (inputs + outputs);
}
