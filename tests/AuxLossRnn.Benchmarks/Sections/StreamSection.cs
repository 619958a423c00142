using System.Diagnostics;
using AuxLossRnn.Data;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>Sequences that are classified as they arrive: one at a time and a hundred side by side, at their beginning and after many steps.</summary>
internal static class StreamSection
{
    private const int Steps = 100; // in one measurement: a single step is over too soon

    public static void Measure(Settings settings, Report report)
    {
        foreach ((string model, int streams) in new[] { ("lstm", 1), ("lstm", 100), ("gru", 1), ("irnn", 1) })
        {
            StepRecipe recipe = settings.Joint with { Spec = settings.Joint.Spec with { Model = ModelName.Parse(model), Batch = streams } };
            using StreamStep fresh = new(recipe), old = new(recipe);
            for (int n = 0; n < (settings.Quick ? 2 : 100); n++)
            {
                old.Time();
            }

            double[][] times = Harness.Interleave(settings.Pairs, fresh, old);
            double median = report.Add($"{model}: {Steps} steps, the probabilities after each", fresh, times[0]);
            report.Find($"{model}: steps a second of each of {streams} streams", 1000 * Steps / median, "1/s", "", fresh.Shape);
            report.Find($"{model}: after {old.Read:N0} steps / at the beginning", Harness.Ratio(times[1], times[0]), "×", $"{streams} streams");
        }
    }

    /// <summary>Reads steps, and asks for the probabilities after each of them.</summary>
    private sealed class StreamStep : Step
    {
        private readonly AuxiliaryLossModel _model;
        private readonly PredictionStream _stream;
        private readonly double[][] _values;

        public StreamStep(StepRecipe recipe)
            : base(Benchmarks.Steps.Shape(recipe) with { T = 1, Flop = null })
        {
            _values = [.. Enumerable.Range(0, recipe.Spec.Batch).Select(b => new[] { (double)b })];
            var format = new SequenceFormat("drawn", "", 1, 1, [.. Enumerable.Range(0, Benchmarks.Steps.Classes).Select(c => $"{c}")], SequenceDataset.ByteLevels, null, [0], [recipe.Spec.Batch]);
            _model = new AuxiliaryLossModel(recipe.Spec, 1, Benchmarks.Steps.Classes);
            _stream = new Predictor(_model, format).Start(recipe.Spec.Batch);
        }

        public long Read => _stream.Steps[0];

        public override double Time()
        {
            long start = Stopwatch.GetTimestamp();
            for (int step = 0; step < Steps; step++)
            {
                _stream.Read(_values);
                _stream.Predict();
            }

            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        public override void Dispose()
        {
            _stream.Dispose();
            _model.Dispose();
        }
    }
}
