using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Data;

/// <summary>Sequences that are classified as they arrive: each step is read once, in the same time and memory however many there were before.</summary>
/// <remarks>
/// <see cref="Predictor.Start"/> makes one. On one thread its probabilities after some steps are, bit for bit, those of
/// <see cref="Predictor.Predict(OwnSequences)"/> for as many sequences of these steps, where the kit's kernel reads them: LSTM, GRU and IRNN on a processor.
/// Elsewhere (uRNN, CUDA) they are so but for rounding, because libtorch's products round by how many rows they have. Several streams are read together, as one batch; they are in step
/// with each other, but each can begin anew (<see cref="Restart"/>). Not for several threads at once.
/// </remarks>
public sealed class PredictionStream : IDisposable
{
    private readonly AuxiliaryLossModel _model;
    private readonly SequenceFormat? _format;
    private readonly Device _device;
    private readonly long[] _steps; // of each stream
    private readonly double[][] _known; // the last value of each stream's channels, which stands for missing ones; NaN before the first
    private EncoderState _state; // each part [n, B, …]

    internal PredictionStream(AuxiliaryLossModel model, SequenceFormat? format, Device device, int streams)
    {
        if (streams < 1)
        {
            throw new UserException($"There cannot be {streams} streams: ask for at least 1.");
        }

        if (!model.Encoder.IsRecurrent)
        {
            throw new UserException(
                $"{model.Encoder.GetName()} looks at all steps of a sequence at once: it keeps no state after a step that it could go on from, so each new step would "
                + "have it read all of them again. Train a recurrent encoder (lstm, gru, irnn, urnn) for a stream, or give Predict whole sequences.");
        }

        if (format?.Preparation.Scaling == ChannelScaling.PerSequence)
        {
            throw new UserException(
                "The network was trained on sequences that are scaled each by its own mean and deviation, which are not known before a sequence's end. "
                + "Train with another ChannelScaling for a stream, or give Predict whole sequences.");
        }

        (_model, _format, _device, _steps) = (model, format, device, new long[streams]);
        _known = [.. Enumerable.Range(0, streams).Select(_ => Unknown())];
        using var noGradient = inference_mode();
        _state = Kept(model.Encoder.InitialState(streams));
    }

    /// <summary>How many streams are read at once, B.</summary>
    public int Streams => _steps.Length;

    /// <summary>The steps that each stream has read.</summary>
    public IReadOnlyList<long> Steps => _steps;

    /// <summary>Reads the next step of the only stream.</summary>
    /// <param name="values">The value of each channel, as it was measured; NaN where it is missing.</param>
    /// <exception cref="UserException">There are more streams, or the model reads something else.</exception>
    public void Read(params double[] values) => Read([values]);

    /// <summary>Reads the next step of every stream.</summary>
    /// <param name="values">For each stream the value of each channel, as it was measured: <c>values[b][f]</c>; NaN where it is missing.</param>
    /// <exception cref="UserException">There are more or fewer streams, or the model reads something else.</exception>
    public void Read(double[][] values) => Read(OwnSequences.FromArrays<double>([.. values.Select(channels => new[] { channels })], missing: true));

    /// <summary>Reads the next steps of every stream, of any kind that the model was trained on: values, tokens or characters.</summary>
    /// <param name="next">A sequence a stream, of one or more steps, as many for each.</param>
    /// <exception cref="UserException">There are more or fewer sequences than streams, their lengths differ, or they do not fit those that the model was trained on.</exception>
    public void Read(OwnSequences next)
    {
        if (_format is null)
        {
            throw new UserException($"The model was trained on one of the kit's datasets, so it cannot say how {next.Source} is to be read. Give a SequenceBatch.");
        }

        if (next.HasMissing && _format.Preparation.Missing == MissingValues.Interpolated)
        {
            throw new UserException(
                $"{next.Source} lacks {next.MissingPlaces().First()}: the network was trained on lines between the values before and after a gap, and what is after it has not arrived. "
                + "Wait for it, fill the value in, or train with MissingValues.CarriedForward or Marked.");
        }

        // A part of a sequence has not the length of a whole one.
        SequenceFormat format = _format with { LengthsDiffer = true };
        bool carries = format.Preparation.Missing is MissingValues.CarriedForward or MissingValues.Marked && next.Levels is null && next.Count == Streams && next.Features == format.Channels;
        SequenceDataset steps = format.Apply(carries ? AfterKnown(next) : next);
        using SequenceBatch batch = steps.Batch([.. Enumerable.Range(0, steps.Count)]);
        if (!carries)
        {
            Read(batch);
            return;
        }

        using Tensor inputs = batch.Inputs.narrow(0, 1, batch.Steps - 1), tokens = batch.Tokens.narrow(0, 1, batch.Steps - 1), lengths = HeldNumbers.With(1, batch.Lengths.sub); // [t, B, F], [B]
        Read(batch with { Inputs = inputs, Tokens = tokens, Lengths = lengths });
        for (int b = 0; b < Streams; b++)
        {
            for (int t = 0; t < next.Length(b); t++)
            {
                foreach ((int f, double value) in next.ValuesAt(b, t).ToArray().Index().Where(one => !double.IsNaN(one.Item)))
                {
                    _known[b][f] = value;
                }
            }
        }
    }

    /// <summary>The same with the values before it as one more step at its beginning, so that they are carried on from there.</summary>
    private OwnSequences AfterKnown(OwnSequences next) => OwnSequences.FromArrays<double>(
        [.. _known.Select((known, b) => (double[][])[known, .. Enumerable.Range(0, next.Length(b)).Select(t => next.ValuesAt(b, t).ToArray())])], lengthsDiffer: true, missing: true);

    private double[] Unknown() => [.. Enumerable.Repeat(double.NaN, _format?.Channels ?? 0)];

    /// <summary>Reads the next steps of every stream.</summary>
    /// <param name="next">The steps as the model reads them, <c>[t, B, F]</c>, without padding; labels do not matter.</param>
    /// <exception cref="UserException">There are more or fewer sequences than streams, or their lengths differ.</exception>
    /// <exception cref="ObjectDisposedException">The stream was disposed of.</exception>
    public void Read(SequenceBatch next)
    {
        ObjectDisposedException.ThrowIf(_state.Parts.Any(part => part.IsInvalid), this);
        if (next.Size != Streams || next.OwnLengths.Any(length => length != next.Steps))
        {
            throw new UserException(next.Size != Streams
                ? $"There are {Streams} streams, but next steps of {next.Size}. Give each stream its steps, in the same order every time."
                : $"The streams were given {next.OwnLengths.Min()} to {next.Steps} steps at once. Give each as many, or keep streams of their own for those that are out of step.");
        }

        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        SequenceBatch here = next.To(_device);
        Replace(_model.Encoder.Read(here.Inputs, here.Tokens, _state, ReadResult.State).State);
        for (int b = 0; b < Streams; b++)
        {
            _steps[b] += next.Steps;
        }
    }

    /// <summary>What the model takes each stream for, after the steps so far.</summary>
    /// <exception cref="UserException">A stream has read no step yet.</exception>
    /// <exception cref="ObjectDisposedException">The stream was disposed of.</exception>
    public Predictions Predict()
    {
        ObjectDisposedException.ThrowIf(_state.Parts.Any(part => part.IsInvalid), this);
        if (Array.IndexOf(_steps, 0) is >= 0 and var unread)
        {
            throw new UserException($"Stream {unread} has read no step yet, so there is nothing to classify. Read a step first.");
        }

        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        float[][] probabilities = Predictor.Rows(_model.Classify(_state, null)); // [B, C]
        IReadOnlyList<string> names = _format?.ClassNames ?? [.. probabilities[0].Select((_, c) => $"{c}")];
        return new Predictions(names, probabilities, [.. Enumerable.Repeat(-1, Streams)]);
    }

    /// <summary>Begins a stream anew, as if it had read nothing; the others go on.</summary>
    /// <param name="stream">Which one.</param>
    public void Restart(int stream)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stream);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stream, Streams);
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        EncoderState first = _model.Encoder.InitialState(1);
        Tensor row = tensor([(long)stream], device: _device); // [1]
        Replace(new EncoderState([.. _state.Parts.Zip(first.Parts, (part, one) => part.index_copy(1, row, one))]));
        (_steps[stream], _known[stream]) = (0, Unknown());
    }

    private void Replace(EncoderState next)
    {
        EncoderState before = _state;
        _state = Kept(next);
        Free(before);
    }

    // A stream outlives the dispose scopes of its caller. A part may be a view of all that a reading made: the copy is the state alone.
    private static EncoderState Kept(EncoderState state) => state.Map(part => part.clone().DetachFromDisposeScope());

    private static void Free(EncoderState state)
    {
        foreach (Tensor part in state.Parts)
        {
            part.Dispose();
        }
    }

    /// <summary>Frees the state; the model stays.</summary>
    public void Dispose() => Free(_state);
}
