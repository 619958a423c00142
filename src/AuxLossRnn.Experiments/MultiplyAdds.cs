using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments;

/// <summary>What training costs in multiply-adds of matrix products: counted, the same on every machine.</summary>
/// <remarks>
/// Elementwise work, the optimiser and evaluations are left out. A product's gradients with respect to both of its factors cost twice the product. Anchors are
/// random, so what depends on them is its mean.
/// </remarks>
public static class MultiplyAdds
{
    private const int Backward = 2; // of a product's cost: one more for each factor

    /// <summary>The cost of a training step.</summary>
    /// <param name="spec">The spec; its encoder is an LSTM, a GRU or an IRNN.</param>
    /// <param name="steps">The time steps T.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="classes">The classes C.</param>
    /// <param name="phase">The phase.</param>
    /// <exception cref="UserException">The encoder is another one, or the losses are not the kit's.</exception>
    public static double OfStep(ExperimentSpec spec, int steps, int features, int classes, TrainingPhase phase)
    {
        (double h, double f) = (spec.Hidden, spec.FeedForwardHidden);
        double encoded = spec.Encoding == InputEncoding.Raw ? features : spec.EncodingSize;
        double projection = spec.Encoding == InputEncoding.Linear ? features * encoded : 0;

        // A step of the encoder: F·E + g·H·(E + H), with g = 4 gates of an LSTM, 3 of a GRU, 1 of an IRNN.
        double cell = projection + Gates(spec) * h * (encoded + h);
        double auxiliary = 0;
        double read = 0;
        foreach (string loss in spec.Model.Losses)
        {
            bool reconstructs = loss == ModelName.Reconstruction;
            int length = Math.Min(spec.Segment, steps - 1);

            // r: L ≤ a ≤ T − 1, back from the anchor. p: 0 ≤ a ≤ T − L − 1, back from the segment's end, no further than the anchor.
            (int first, int last) = reconstructs ? (length, steps - 1) : (0, steps - length - 1);
            double mean(Func<int, double> of) => Enumerable.Range(first, last - first + 1).Average(of);
            double reach = mean(a => Math.Min(spec.AuxiliaryTruncation.Steps ?? int.MaxValue, reconstructs ? a : length));
            read = Math.Max(read, spec.Anchors > 1 ? steps : mean(a => reconstructs ? a : a + length));

            // A step of the auxiliary network: two LSTM layers of size A over what it reads, and a head.
            double a = spec.AuxiliaryHidden ?? h;
            double inputs = reconstructs ? encoded : h;
            double outputs = spec.TokenLoss == TokenLoss.CrossEntropy ? features * SequenceDataset.ByteLevels : features;
            double step = (reconstructs ? projection : 0) + 4 * a * (inputs + a) + 4 * a * (a + a) + a * f + f * outputs;
            auxiliary += spec.Anchors * ((1 + Backward) * length * step + Backward * cell * reach);
        }

        // In pretraining nothing is read beyond the last anchor or segment.
        double supervised = phase == TrainingPhase.Pretraining ? 0
            : Backward * cell * Math.Min(spec.Truncation.Steps ?? steps, steps) + (1 + Backward) * (h * f + f * classes);
        return spec.Batch * (cell * (phase == TrainingPhase.Pretraining ? read : steps) + supervised + auxiliary);
    }

    /// <summary>The cost of the first steps of a run.</summary>
    /// <param name="run">A run that was not capped by <see cref="ExperimentSpec.Steps"/>.</param>
    /// <param name="done">The steps.</param>
    /// <param name="steps">The time steps T.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="classes">The classes C.</param>
    public static double OfRun(MeasuredResult run, int done, int steps, int features, int classes)
    {
        ExperimentSpec spec = run.Config;
        double pretraining = spec.HasAuxiliaryLoss ? run.Summary.Steps * spec.PretrainEpochs / (spec.PretrainEpochs + spec.Epochs) : 0;
        double before = Math.Min(done, pretraining);
        return before * OfStep(spec, steps, features, classes, TrainingPhase.Pretraining)
            + (done - before) * OfStep(spec, steps, features, classes, TrainingPhase.Joint);
    }

    private static int Gates(ExperimentSpec spec) => spec.Model.Losses.All(loss => loss is ModelName.Reconstruction or ModelName.Prediction)
        ? spec.Model.Encoder switch
        {
            "lstm" => 4,
            "gru" => 3,
            "irnn" => 1,
            _ => throw Unknown(spec),
        }
        : throw Unknown(spec);

    private static UserException Unknown(ExperimentSpec spec) => new(
        $"The multiply-adds of {spec.Model} are not counted: there are those of an LSTM, a GRU and an IRNN with the kit's losses.");
}
