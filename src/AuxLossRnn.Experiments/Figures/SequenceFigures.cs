using AuxLossRnn.Data;
using AuxLossRnn.Experiments;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;
using TorchSharp;

namespace AuxLossRnn.Figures;

/// <summary>Figures of sequences, for any data that the kit reads.</summary>
public static class SequenceFigures
{
    /// <summary>Draws sequences of one's own with their values as they were read; missing ones leave gaps.</summary>
    /// <param name="builder">The builder, such as <see cref="Figures.Default"/>.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="which">Which ones; null for the first of each class, or the first one without classes.</param>
    /// <param name="channels">The channels' names; null for their numbers.</param>
    /// <param name="mark">A step that is marked, and what begins there; null for none.</param>
    /// <exception cref="UserException">There is nothing to draw, or names and channels disagree.</exception>
    public static Figure Sequences(
        this IFigureBuilder builder, OwnSequences sequences, string title, IEnumerable<int>? which = null, IReadOnlyList<string>? channels = null,
        (int Step, string Name)? mark = null)
    {
        which ??= FirstOfEachClass(sequences.Count, sequences.Label);
        return builder.Sequences(
            [.. which.Select(i => new SequencePanel(sequences.Label(i) ?? sequences.Names?[i] ?? $"sequence {i}", [new SequenceCurves("as measured", Steps(sequences, i))]))],
            title, channels, "value as measured", mark);
    }

    /// <summary>Draws sequences of a dataset as the network reads them: scaled, filled, and with the channel that marks gaps, where there is one.</summary>
    /// <param name="builder">The builder, such as <see cref="Figures.Default"/>.</param>
    /// <param name="dataset">The dataset, such as a part of a split.</param>
    /// <param name="title">The figure's title.</param>
    /// <param name="which">Which ones; null for the first of each class.</param>
    /// <param name="channels">The channels' names; null for their numbers.</param>
    /// <param name="mark">A step that is marked, and what begins there; null for none.</param>
    /// <exception cref="UserException">There is nothing to draw, or names and channels disagree.</exception>
    public static Figure Sequences(
        this IFigureBuilder builder, SequenceDataset dataset, string title, IEnumerable<int>? which = null, IReadOnlyList<string>? channels = null,
        (int Step, string Name)? mark = null)
    {
        which ??= FirstOfEachClass(dataset.Count, i => Class(dataset, i));
        return builder.Sequences(
            [.. which.Select(i => new SequencePanel(Class(dataset, i) ?? dataset.Name(i) ?? $"sequence {i}", [new SequenceCurves("as read", Steps(dataset, i))]))],
            title, channels, "value as read", mark);
    }

    /// <summary>A plot of a sequence with its last segment as the trainer's decoder makes it of the state at its end.</summary>
    /// <param name="trainer">The trainer, with the weights that it has now.</param>
    /// <param name="dataset">The dataset, of the kind that is trained on.</param>
    /// <param name="index">Which sequence.</param>
    /// <param name="original">What the sequence itself is called.</param>
    /// <param name="made">What the reconstruction is called.</param>
    /// <exception cref="UserException">The model reconstructs nothing, or the sequence is too short for a segment.</exception>
    public static SequencePanel Reconstructed(
        this Trainer trainer, SequenceDataset dataset, int index, string original = "as read", string made = "reconstructed")
    {
        ReconstructedSegment segment = ReconstructedSegment.Of(trainer, dataset, index)
            ?? throw new UserException($"Sequence {index} is not reconstructed: the model {trainer.Spec.Model} has no reconstruction loss, or the sequence has one step only.");
        IReadOnlyList<IReadOnlyList<double>> Rows(float[] values) => [.. values.Select(value => (double)value).Chunk(dataset.Features)];
        return new SequencePanel(
            Class(dataset, index) ?? $"sequence {index}",
            [new SequenceCurves(original, Rows(segment.Whole)), new SequenceCurves(made, Rows(segment.Made), segment.Start)]);
    }

    private static IEnumerable<int> FirstOfEachClass(int count, Func<int, string?> label) => Enumerable.Range(0, count).DistinctBy(label);

    private static string? Class(SequenceDataset dataset, int index) => dataset.Label(index) is >= 0 and int label ? dataset.ClassNames[label] : null;

    private static double[][] Steps(OwnSequences sequences, int sequence)
    {
        double[][] channels = [.. Enumerable.Range(0, sequences.Features).Select(channel => sequences.Channel(sequence, channel))]; // [F][T]
        return [.. Enumerable.Range(0, sequences.Length(sequence)).Select(step => channels.Select(channel => channel[step]).ToArray())]; // [T][F]
    }

    private static double[][] Steps(SequenceDataset dataset, int index)
    {
        using SequenceBatch batch = dataset.Batch([index]); // [T, 1, F]
        using torch.Tensor values = batch.Inputs.to(torch.ScalarType.Float64); // [T, 1, F]
        return [.. values.data<double>().ToArray().Chunk(dataset.Features)];
    }
}
