using System.Diagnostics;
using AuxLossRnn.Benchmarks.Straightforward;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Benchmarks;

/// <summary>The evaluation of one batch, the kit's or the straightforward one.</summary>
internal sealed class EvaluationStep(StepRecipe recipe, nn.Module model) : Step(Steps.Shape(recipe))
{
    private readonly OneBatch _data = new(Steps.Batch(recipe));

    public override double Time()
    {
        long start = Stopwatch.GetTimestamp();
        if (model is StraightforwardModel plain)
        {
            using var scope = NewDisposeScope();
            plain.Classify(_data.Whole);
        }
        else
        {
            Evaluator.Run((AuxiliaryLossModel)model, _data, Steps.Device);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public override void Dispose()
    {
        _data.Whole.Dispose();
        model.Dispose();
    }

    /// <summary>A dataset that is read whole and in order only.</summary>
    private sealed class OneBatch(SequenceBatch whole) : SequenceDataset
    {
        public SequenceBatch Whole => whole;

        public override int Count => whole.Size;

        public override int Steps => whole.Steps;

        public override int Features => (int)whole.Inputs.shape[2];

        public override int Classes => Benchmarks.Steps.Classes;

        public override int Label(int index) => (int)whole.Labels[index].item<long>();

        public override SequenceBatch Batch(ReadOnlySpan<int> indices) => indices.Length == Count
            ? whole
            : throw new ArgumentException($"There is only one batch, of {Count}.", nameof(indices));
    }
}
