using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The loss of the r-LSTM: a decoder reconstructs, from the main state at an anchor, a segment before it (§2.1).</summary>
/// <remarks>
/// <code>
/// steps read     0 ──── s ──── s+L ─────── a ────── T
/// gradient                         a−K ════╡ a ══ decoder, L steps
/// </code>
/// </remarks>
public sealed class ReconstructionLoss : IAuxiliaryLoss
{
    private readonly SegmentLossOptions _options;
    private readonly SegmentSampler _sampler;

    /// <summary>A loss with fresh decoders.</summary>
    /// <param name="context">The run that it is part of.</param>
    /// <param name="options">Segments, truncation and decoder.</param>
    public ReconstructionLoss(LossContext context, SegmentLossOptions options)
    {
        _options = options;
        _sampler = new SegmentSampler(options.Anchors, options.Length, options.Schedule, options.Placement, context.Random);
        Decoders = [.. Enumerable.Range(0, options.Networks).Select(_ => new ReconstructionDecoder(context.Encoder, context.Features, options.Network))];
    }

    /// <summary>The decoders: one, or one an anchor.</summary>
    public IReadOnlyList<ReconstructionDecoder> Decoders { get; }

    /// <inheritdoc/>
    public IReadOnlyList<nn.Module> Networks => Decoders;

    /// <inheritdoc/>
    public IReadOnlyList<Segment> Draw(IReadOnlyList<int> lengths, long step) => _sampler.BeforeAnchors(lengths, step);

    /// <inheritdoc/>
    public StatesNeeded Needs(SequenceBatch batch, IReadOnlyList<Segment> segments) => new() { AtAnchor = _options.Truncation };

    /// <inheritdoc/>
    public Tensor Compute(SequenceBatch batch, IReadOnlyList<Segment> segments, MainStates states, Generator? masks)
    {
        // L_aux = Σᵢ Lᵢ / Σᵢ lᵢ
        Tensor sum = Segment.SumOverNetworks(segments, Decoders.Count, batch.Inputs.device, (network, rows, some) => Decoders[network].SumOfLosses(
            batch, some, _options.Length, rows is null ? states.AtAnchor! : states.AtAnchor!.Rows(rows), _options.Truncation.Cut, masks));
        return sum.Over(Segment.Lengths(batch, segments, _options.Length).Sum(length => (double)length)); // []
    }
}
