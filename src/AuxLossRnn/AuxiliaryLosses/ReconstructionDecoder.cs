using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The decoder of the r-LSTM: it reconstructs, from the main state at an anchor, a segment before it (§2.1).</summary>
/// <remarks>Its input encoding is its own: the paper's notes call the decoder "a network of its own".</remarks>
public sealed class ReconstructionDecoder : nn.Module
{
    private readonly AuxiliaryNetworkOptions _options;
    private readonly InputEncoder _input;
    private readonly TokenPredictor _predictor;
    private readonly Linear? _start;

    /// <summary>A decoder.</summary>
    /// <param name="encoder">The main network, whose state starts the decoder.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="options">Sizes, loss and what it reads.</param>
    /// <exception cref="UserException">A copy of the main state does not fit the decoder.</exception>
    public ReconstructionDecoder(SequenceEncoder encoder, int features, AuxiliaryNetworkOptions options)
        : base(nameof(ReconstructionDecoder))
    {
        _options = options;
        _input = new InputEncoder(options.Encoding, features, options.EncodingSize, options.Levels);
        _predictor = new TokenPredictor(_input.Size, features, options);
        _input.RegisterIn(this);
        _predictor.RegisterIn(this);
        _start = MakeStart(encoder);
        if (_start is not null)
        {
            register_module("start", _start);
        }
    }

    /// <summary>The sum Σᵢ Lᵢ of the losses over all segments; all of them decode in one call.</summary>
    /// <remarks>Segments of sequences that have no room for L steps are shorter: <see cref="Segment.LengthWithin"/>.</remarks>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">The segments, one a row.</param>
    /// <param name="length">The segment length L.</param>
    /// <param name="anchors">The main states at the anchors, each part <c>[n, R, …]</c>, in the order of the segments.</param>
    /// <param name="truncation">The steps K after which a chunked segment is cut; null for never.</param>
    /// <param name="masks">Where masks are drawn from; null in evaluation.</param>
    /// <returns>A scalar.</returns>
    public Tensor SumOfLosses(
        SequenceBatch batch, IReadOnlyList<Segment> segments, int length, EncoderState anchors, int? truncation, Generator? masks)
    {
        int[] lengths = Segment.Lengths(batch, segments, length);
        length = lengths.Max();
        using Tensor? existing = SegmentGather.Existing(lengths, length, batch.Inputs.device); // [Σ l]
        (Tensor inputs, Tensor tokens) = Window(batch, segments, length); // [L+1, R, F]

        // Inputs B, C, D give C, D, E: the targets lie one step after the inputs.
        (Tensor targets, Tensor targetTokens) = (inputs.narrow(0, 1, length), tokens.narrow(0, 1, length)); // [L, R, F]
        LstmState state = FromAnchors(anchors);
        return _options.DecoderInputs == DecoderInputs.FreeRunning
            ? _predictor.SumOfLosses(
                DecodeFreely(inputs.narrow(0, 0, 1), tokens.narrow(0, 0, 1), length, state, truncation, masks), targets, targetTokens,
                existing)
            : _predictor.SumOfLosses(
                Decode(inputs.narrow(0, 0, length), tokens.narrow(0, 0, length), state, truncation), targets, targetTokens, existing,
                masks); // []
    }

    /// <summary>How the decoder reconstructs some segments, for a look at it; without masks.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="segments">The segments, one a row.</param>
    /// <param name="length">The segment length L.</param>
    /// <param name="anchors">The main states at the anchors, each part <c>[n, R, …]</c>, in the order of the segments.</param>
    /// <returns>
    /// The segments' scaled features and the decoder's, both <c>[L, R, F]</c>, without a graph. Where a sequence has no room
    /// for L steps, what lies after its end is no part of its segment.
    /// </returns>
    public (Tensor Original, Tensor Reconstructed) Reconstruct(
        SequenceBatch batch, IReadOnlyList<Segment> segments, int length, EncoderState anchors)
    {
        using var noGradient = no_grad();
        (Tensor inputs, Tensor tokens) = Window(batch, segments, length); // [L+1, R, F]
        LstmState state = FromAnchors(anchors);
        Tensor predictions = _options.DecoderInputs == DecoderInputs.FreeRunning
            ? DecodeFreely(inputs.narrow(0, 0, 1), tokens.narrow(0, 0, 1), length, state, null, null)
            : _predictor.Predict(Decode(inputs.narrow(0, 0, length), tokens.narrow(0, 0, length), state, null), null); // [L, R, …]
        return (inputs.narrow(0, 1, length), _predictor.AsData(predictions).Inputs); // [L, R, F]
    }

    private static (Tensor Inputs, Tensor Tokens) Window(SequenceBatch batch, IReadOnlyList<Segment> segments, int length)
    {
        int[] examples = [.. segments.Select(segment => segment.Example)];
        int[] starts = [.. segments.Select(segment => segment.Start)];
        using Tensor rows = SegmentGather.Rows(batch, examples, starts, length + 1); // [(L+1)·R]
        return SegmentGather.Pick(batch, rows, length + 1);
    }

    /// <returns>The top layer's outputs, <c>[L, R, H]</c>.</returns>
    private Tensor Decode(Tensor inputs, Tensor tokens, LstmState state, int? truncation)
    {
        (Tensor x, Linear? projection) = _input.Prepare(inputs, tokens); // [L, R, F] or [L, R, E]
        if (_options.DecoderInputs == DecoderInputs.FirstOnly)
        {
            // What is not fed is a zero encoding, which no feature encodes to: nothing is left to project.
            Tensor first = _input.Encode(inputs.narrow(0, 0, 1), tokens.narrow(0, 0, 1)); // [1, R, E]
            Tensor rest = zeros(inputs.shape[0] - 1, first.shape[1], first.shape[2], dtype: first.dtype, device: first.device); // [L-1, R, E]
            (x, projection) = (cat([first, rest], 0), null); // [L, R, E]
        }

        return _predictor.ReadInChunks(x, projection, state, Cut(truncation)); // [L, R, H]
    }

    /// <returns>Predictions, <c>[L, R, …]</c>.</returns>
    private Tensor DecodeFreely(
        Tensor inputs, Tensor tokens, int length, LstmState state, int? truncation, Generator? masks)
    {
        var predictions = new Tensor[length];
        for (int j = 0; j < length; j++)
        {
            if (j > 0 && Cut(truncation) is int cut && j % cut == 0)
            {
                state = state.Detach();
            }

            (Tensor x, Linear? projection) = _input.Prepare(inputs, tokens); // [1, R, F] or [1, R, E]
            (Tensor outputs, state) = _predictor.Read(x, projection, state, ReadResult.Both); // [1, R, H]
            predictions[j] = _predictor.Predict(outputs, masks); // [1, R, …]
            (inputs, tokens) = _predictor.AsData(predictions[j]); // [1, R, F]
        }

        return cat(predictions, 0); // [L, R, …]
    }

    private int? Cut(int? truncation) => _options.SegmentTruncation == SegmentTruncation.Chunked ? truncation : null;

    /// <summary>The bottom layer starts from the main state, the top one from zero.</summary>
    private LstmState FromAnchors(EncoderState anchors)
    {
        if (_start is not null)
        {
            Tensor[] mapped = _start.call(cat([.. anchors.Parts.Select(Flat)], 2)).chunk(2, 2); // 2 × [1, R, H']
            return new LstmState(WithTop(mapped[0]), WithTop(mapped[1]));
        }

        return new LstmState(WithTop(Padded(Flat(anchors[0]))), WithTop(Padded(Flat(anchors[anchors.Parts.Count - 1]))));
    }

    private Linear? MakeStart(SequenceEncoder encoder)
    {
        int[] sizes = encoder.StateSizes();
        bool same = sizes.Length <= 2 && sizes.All(size => size == _options.Hidden);
        if (_options.DecoderStart == DecoderStart.Linear && !same)
        {
            return nn.Linear(sizes.Sum(), 2 * _options.Hidden);
        }

        return sizes.Length <= 2 && sizes.All(size => size <= _options.Hidden) ? null : throw new UserException(
            $"The state of {encoder.GetName()} has {string.Join(" + ", sizes)} numbers, which cannot be copied to the hidden and the cell state of a "
            + $"decoder of {_options.Hidden}. Choose ‹DecoderStart=Linear›, or ‹AuxiliaryHidden› of at least {sizes.Max()} for one or two tensors.");
    }

    /// <returns>A part <c>[n, R, …]</c> as <c>[1, R, size]</c>.</returns>
    private static Tensor Flat(Tensor part) =>
        part.dim() == 3 && part.shape[0] == 1 ? part : part.transpose(0, 1).flatten(1).unsqueeze(0); // [1, R, size]

    private Tensor Padded(Tensor main)
    {
        int missing = _options.Hidden - (int)main.shape[2];
        return missing == 0 ? main : nn.functional.pad(main, [0, missing]); // [1, R, H']
    }

    private static Tensor WithTop(Tensor bottom) => cat([bottom, zeros_like(bottom)], 0); // [2, R, H']
}
