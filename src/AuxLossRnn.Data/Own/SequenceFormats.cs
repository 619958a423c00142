using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>Fits a <see cref="SequenceFormat"/> to a reader's own sequences, and reads others by it.</summary>
public static class SequenceFormats
{
    /// <summary>Fits to the training part.</summary>
    /// <param name="own">The sequences.</param>
    /// <param name="train">Which of them are trained on.</param>
    /// <param name="split">How the parts were chosen.</param>
    internal static SequenceFormat Fit(OwnSequences own, IReadOnlyList<int> train, string split)
    {
        own.RequireWhole(own.Preparation, "Say how to fill them: ‹Missing=CarriedForward›, ‹Missing=Interpolated› or ‹Missing=Marked›, or leave these sequences out.");
        string[] names = own.ClassNames(train);
        (double[]? minimum, double[]? maximum) = own.Range(train);
        SequencePreparation how = own.Preparation;
        int[] channels = [.. Enumerable.Range(0, minimum?.Length ?? 0)];
        (double Offset, double Divisor)[]? fits = minimum is null || how.Scaling is ChannelScaling.Unit or ChannelScaling.PerSequence
            ? null
            : [.. channels.Select(f => ChannelFit.Of(how.Scaling, own.Known(train, f), minimum[f], maximum![f]))];
        return new SequenceFormat(
            own.Source, split, own.Steps, own.Features + (how.Missing == MissingValues.Marked ? 1 : 0), names, own.Levels ?? SequenceDataset.ByteLevels, own.Alphabet, minimum, maximum,
            own.LengthsDiffer, own.Sha256(train))
        {
            EarlierSha256 = own.Sha256(train, single: true),
            Preparation = how,
            Columns = own.Columns,
            Offset = fits is null ? null : [.. fits.Select(fit => fit.Offset)],
            Divisor = fits is null ? null : [.. fits.Select(fit => fit.Divisor)],
            Fill = how.Missing == MissingValues.Refused ? null : [.. channels.Select(f => ChannelFit.Moments(own.Known(train, f)).Mean)],
        };
    }

    /// <summary>Makes sequences ready for a network that was trained with this.</summary>
    /// <param name="format">How the network reads sequences.</param>
    /// <param name="own">The sequences; they need no labels.</param>
    /// <exception cref="UserException">They are of another kind or shape, or hold a class, a level or a character that training did not.</exception>
    public static SequenceDataset Apply(this SequenceFormat format, OwnSequences own)
    {
        if (own.Levels is null != format.Minimum is not null)
        {
            throw new UserException(
                $"{own.Source} holds {(own.Levels is null ? "real values" : "tokens")}, but the network was trained on "
                + $"{(format.Minimum is null ? "tokens" : "real values")} ({format.Source}). Give sequences of the same kind.");
        }

        if (own.Features != format.Channels)
        {
            throw new UserException(
                $"{own.Source} has {own.Features} channels a step, but the network was trained on {format.Channels} ({format.Source}). "
                + "Give the same channels in the same order.");
        }

        if (own.Columns is not null && format.Columns is not null
            && own.Columns.Zip(format.Columns).FirstOrDefault(pair => pair.First != pair.Second) is { First: string here } moved)
        {
            throw new UserException(
                $"In {own.Source} the column '{here}' stands where the network's data have '{moved.Second}' ({format.Source}). Columns are read by their place: give the same ones "
                + "in the same order; a column of classes has the name it has there.");
        }

        int other = Enumerable.Range(0, own.Count).Select(own.Length).FirstOrDefault(length => length != format.Steps, format.Steps);
        if (!format.LengthsDiffer && other != format.Steps)
        {
            throw new UserException(
                $"{own.Source} has sequences of {other} steps, but the network was trained on {format.Steps} ({format.Source}). "
                + "Cut them, pad them as those were, or train with lengthsDiffer: true.");
        }

        return new ScaledSequences(own.Translated(format), format);
    }
}
