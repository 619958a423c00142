using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AuxLossRnn.Experiments;

/// <summary>A sequence, and its last segment as the decoder makes it of the state at its end.</summary>
/// <param name="Whole">The sequence as the network reads it, [T · F].</param>
/// <param name="Start">The step of the first reconstructed ones, from 0.</param>
/// <param name="Original">The segment as it is, [L · F].</param>
/// <param name="Made">The segment as the decoder makes it, [L · F].</param>
internal sealed record ReconstructedSegment(float[] Whole, int Start, float[] Original, float[] Made)
{
    /// <summary>Reconstructs; null where the model has no reconstruction loss, or the sequence is too short for a segment.</summary>
    /// <param name="trainer">The trainer, with the weights that it has now.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="index">Which sequence.</param>
    public static ReconstructedSegment? Of(Trainer trainer, SequenceDataset dataset, int index)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        SequenceBatch batch = dataset.Batch([index]).To(trainer.Device); // [T, 1, F]
        int length = Segment.LengthWithin(trainer.Spec.Segment, batch.Steps);
        if (length < 1 || trainer.Model.Losses.Select(loss => loss.Loss).OfType<ReconstructionLoss>().FirstOrDefault() is not ReconstructionLoss loss)
        {
            return null;
        }

        // Blank steps at the end would be all that there is to see.
        int anchor = Math.Max(length, Math.Min(batch.Steps - 1, batch.Steps - trainer.Spec.Silence));
        var segment = new Segment(0, anchor, anchor - length);
        var pass = new MainPass(trainer.Model.Encoder, batch);
        pass.Run([], [anchor]);
        (Tensor original, Tensor made) = loss.Decoders[0].Reconstruct(
            batch, [segment], length, pass.ReadWindows([(0, anchor)], 0, ReadResult.State).State); // [L, 1, F]
        return new ReconstructedSegment(Numbers(batch.Inputs), segment.Start + 1, Numbers(original), Numbers(made)); // the segment's first step is given, not made
    }

    private static float[] Numbers(Tensor values) => values.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
}
