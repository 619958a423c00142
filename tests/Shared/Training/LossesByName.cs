using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests;

/// <summary>The kit's two losses, for tests that know which of them they look at.</summary>
internal static class LossesByName
{
    /// <summary>The kit's models without a loss of one's own: the paper's, and those they are compared with.</summary>
    public static IReadOnlyList<ModelName> Models { get; } = ["lstm", "r-lstm", "p-lstm", "rp-lstm", "gru", "irnn", "urnn", "transformer"];

    /// <summary>Other encoders with the kit's losses.</summary>
    public static IReadOnlyList<ModelName> Pairs { get; } = ["r-gru", "p-irnn", "r-urnn", "rp-gru"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelName> All { get; } = [.. Models, .. Pairs];

    extension(BatchLosses losses)
    {
        public Tensor? Reconstruction => losses.Of(ModelName.Reconstruction);

        public Tensor? Prediction => losses.Of(ModelName.Prediction);

        public Tensor? Of(string name) => losses.Auxiliary.SingleOrDefault(one => one.Of.Name == name).Value;
    }

    extension(AuxiliaryLossModel model)
    {
        public IReadOnlyList<ReconstructionDecoder> Reconstruction => model.Loss<ReconstructionLoss>().Decoders;

        public ModelLoss Named(string name) => model.Losses.Single(loss => loss.Name == name);

        /// <summary>The losses of some segments to reconstruct and others to predict.</summary>
        public BatchLosses Losses(
            ExperimentSpec spec, SequenceBatch batch, bool supervised, IReadOnlyList<Segment> before, IReadOnlyList<Segment> after, Generator? masks)
        {
            var drawn = new List<(ModelLoss, IReadOnlyList<Segment>)>();
            if (before.Count > 0)
            {
                drawn.Add((model.Named(ModelName.Reconstruction), before));
            }

            if (after.Count > 0)
            {
                drawn.Add((model.Named(ModelName.Prediction), after));
            }

            return new GradientRoutes(spec, model).Losses(batch, supervised, drawn, masks);
        }
    }
}
