namespace AuxLossRnn.Tests.Reference;

/// <summary>
/// The losses of the method and their gradients in float64, example by example and row by row, without libtorch: slow,
/// plain, and written apart from the implementation that it checks.
/// </summary>
/// <remarks>
/// Main state 0 is zero, or a weight of the uRNN; main state t has read the steps 0 … t-1. A network with one state is written as
/// one whose hidden and cell state are the same numbers: so it starts the decoder.
/// </remarks>
public sealed class ReferenceMethod
{
    private readonly Tape _tape;
    private readonly ReferenceLayers _layers;
    private readonly ReferenceSteps _steps;
    private readonly ReferenceSettings _settings;
    private readonly ReferenceBaselines _others;
    private readonly LstmState[][] _states; // [B][T + 1]

    private ReferenceMethod(Tape tape, ReferenceLayers layers, ReferenceSteps steps, ReferenceSettings settings)
    {
        (_tape, _layers, _steps, _settings) = (tape, layers, steps, settings);
        _others = new ReferenceBaselines(tape, layers, steps, settings.Permutation);
        _states = new LstmState[steps.Examples][];
        for (int example = 0; example < _states.Length; example++)
        {
            var states = new LstmState[Length(example) + 1];
            states[0] = settings.Cell == "lstm" ? layers.ZeroState("encoder.lstm", 0) : Single(_others.Start(settings.Cell));
            for (int t = 0; t < Length(example); t++)
            {
                states[t + 1] = MainStep(example, t, states[t]);
            }

            _states[example] = states;
        }
    }

    private int Length(int example) => _settings.Lengths?[example] ?? _steps.Count;

    private int SegmentLength(int example) => Math.Min(_settings.SegmentLength, Length(example) - 1);

    /// <summary>Computes the losses and the gradients of their sum.</summary>
    /// <param name="weights">The weights by name, row-major in PyTorch's shapes.</param>
    /// <param name="inputs">What the network reads, [T, B, F].</param>
    /// <param name="tokens">The same as levels, [T, B, F].</param>
    /// <param name="labels">The classes, [B].</param>
    /// <param name="reconstructionSegments">Used if the settings ask for reconstruction.</param>
    /// <param name="predictionSegments">Used if the settings ask for prediction.</param>
    /// <param name="settings">The variant.</param>
    /// <param name="heldValues">The stopped values of an earlier run, to be used in place of this run's own.</param>
    /// <exception cref="ArgumentException">A weight is missing or of wrong size, or a segment is out of range.</exception>
    public static ReferenceResult Run(
        IReadOnlyDictionary<string, double[]> weights,
        double[,,] inputs,
        byte[,,] tokens,
        int[] labels,
        IReadOnlyList<ReferenceSegment> reconstructionSegments,
        IReadOnlyList<ReferenceSegment> predictionSegments,
        ReferenceSettings settings,
        IReadOnlyList<double>? heldValues = null)
    {
        var tape = new Tape(heldValues);
        var layers = new ReferenceLayers(tape, weights);
        var steps = new ReferenceSteps(tape, layers, inputs, tokens, settings);
        var method = new ReferenceMethod(tape, layers, steps, settings);
        var zero = tape.Constant(0);
        var supervised = settings.IncludeSupervised ? method.Supervised(labels) : zero;
        var reconstruction = settings is { IncludeAuxiliary: true, Reconstruction: true }
            ? method.MeanOverRows(reconstructionSegments, method.Reconstruction)
            : zero;
        var prediction = settings is { IncludeAuxiliary: true, Prediction: true }
            ? method.MeanOverRows(predictionSegments, method.Prediction)
            : zero;

        tape.Backward(supervised + reconstruction + prediction);
        return new ReferenceResult(
            supervised.Value, reconstruction.Value, prediction.Value, layers.Gradients(), tape.StoppedValues);
    }

    private Scalar Supervised(int[] labels)
    {
        var sum = _tape.Constant(0);
        for (int example = 0; example < labels.Length; example++)
        {
            var logits = _layers.FeedForward("classifier", TruncatedState(example, Length(example), _settings.Truncation).Hidden);
            sum += _layers.CrossEntropy(logits, 0, logits.Length, labels[example]);
        }

        return sum * (1.0 / labels.Length);
    }

    private Scalar MeanOverRows(IReadOnlyList<ReferenceSegment> rows, Func<ReferenceSegment, Scalar> rowLoss)
    {
        if (rows.Count == 0)
            throw new ArgumentException("An auxiliary loss is asked for, but there are no segments.", nameof(rows));

        var sum = _tape.Constant(0);
        foreach (var row in rows)
        {
            sum += rowLoss(row);
        }

        return sum * (1.0 / rows.Sum(row => SegmentLength(row.Example)));
    }

    private Scalar Reconstruction(ReferenceSegment row)
    {
        var (example, anchor, start) = row;
        int length = SegmentLength(example);
        if (length < 1 || anchor > Length(example) - 1 || start < 0 || start > anchor - length)
            throw new ArgumentException($"The reconstruction {row} is out of range for {Length(example)} steps.", nameof(row));

        var lower = DecoderStart(TruncatedState(example, anchor, _settings.AuxiliaryTruncation));
        var upper = _layers.ZeroState("reconstruction.lstm", 1);
        var read = _steps.Encode("reconstruction", example, start);
        var sum = _tape.Constant(0);
        for (int j = 0; j < length; j++)
        {
            if (StartsChunk(j))
                (lower, upper) = (lower.Stop(), upper.Stop());

            lower = _layers.LstmStep("reconstruction.lstm", 0, read, lower);
            upper = _layers.LstmStep("reconstruction.lstm", 1, lower.Hidden, upper);
            var output = _layers.FeedForward("reconstruction", upper.Hidden);
            sum += _steps.TokenLoss(output, example, start + j + 1);
            read = _steps.NextDecoderInput(example, start + j + 1, output);
        }

        return sum;
    }

    private Scalar Prediction(ReferenceSegment row)
    {
        var (example, anchor, _) = row;
        int length = SegmentLength(example);
        if (length < 1 || anchor < 0 || anchor > Length(example) - 1 - length)
            throw new ArgumentException($"The prediction {row} is out of range for {Length(example)} steps.", nameof(row));

        var main = Begin(example, anchor);
        var lower = _layers.ZeroState("prediction.lstm", 0);
        var upper = _layers.ZeroState("prediction.lstm", 1);
        var sum = _tape.Constant(0);
        for (int j = 0; j < length; j++)
        {
            if (StartsChunk(j))
                (main, lower, upper) = (main.Stop(), lower.Stop(), upper.Stop());

            main = MainStep(example, anchor + j, main);
            var read = _settings.AuxiliaryTruncation == 0 ? main.Stop().Hidden : main.Hidden;
            lower = _layers.LstmStep("prediction.lstm", 0, read, lower);
            upper = _layers.LstmStep("prediction.lstm", 1, lower.Hidden, upper);
            sum += _steps.TokenLoss(_layers.FeedForward("prediction", upper.Hidden), example, anchor + j + 1);
        }

        return sum;
    }

    private bool StartsChunk(int j) =>
        _settings is { ChunkedDecoder: true, AuxiliaryTruncation: > 0 and int k } && j > 0 && j % k == 0;

    private LstmState MainStep(int example, int t, LstmState state)
    {
        var read = _steps.Encode("encoder", example, t);
        return _settings.Cell == "lstm"
            ? _layers.LstmStep("encoder.lstm", 0, read, state)
            : Single(_others.Step(_settings.Cell, read, state.Hidden));
    }

    private static LstmState Single(Scalar[] state) => new(state, state);

    /// <summary>Main state t, through which no gradient flows; but state 0 may be a weight, which learns.</summary>
    private LstmState Begin(int example, int t) => t == 0 ? _states[example][0] : _states[example][t].Stop();

    /// <summary>Main state t, whose gradient flows back to state max(0, t - truncation) and no further.</summary>
    private LstmState TruncatedState(int example, int t, int? truncation)
    {
        int from = truncation is int k ? Math.Max(0, t - k) : 0;
        var state = from == t ? _states[example][t].Stop() : Begin(example, from);
        for (int step = from; step < t; step++)
        {
            state = MainStep(example, step, state);
        }

        return state;
    }

    /// <summary>The main state by a linear map where there is one, or followed by zeros up to the decoder's hidden size.</summary>
    private LstmState DecoderStart(LstmState main)
    {
        if (_layers.Has("reconstruction.start.weight"))
        {
            var mapped = _layers.Linear("reconstruction.start", _settings.Cell == "lstm" ? [.. main.Hidden, .. main.Cell] : main.Hidden);
            return new LstmState(mapped[..(mapped.Length / 2)], mapped[(mapped.Length / 2)..]);
        }

        int size = _layers.HiddenSize("reconstruction.lstm", 0);
        if (size < main.Hidden.Length)
            throw new ArgumentException($"The decoder's hidden size {size} is below the main {main.Hidden.Length}.");

        double[] zeros = new double[size - main.Hidden.Length];
        return new LstmState([.. main.Hidden, .. _tape.Constants(zeros)], [.. main.Cell, .. _tape.Constants(zeros)]);
    }
}
