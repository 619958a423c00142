using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The loss of the p-LSTM: a network on top of the main one predicts, step by step, what comes after an anchor (§2.1).</summary>
/// <remarks>
/// <code>
/// steps read     0 ─────────── a ────────────── a+L ──── T
/// gradient                     a ╞══════════════╡ a+L, a network on top
/// </code>
/// </remarks>
public sealed class PredictionLoss : IAuxiliaryLoss
{
    private readonly SegmentLossOptions _options;
    private readonly SegmentSampler _sampler;
    private readonly PredictionNetwork[] _networks;

    /// <summary>A loss with fresh networks.</summary>
    /// <param name="context">The run that it is part of.</param>
    /// <param name="options">Segments, truncation and network.</param>
    public PredictionLoss(LossContext context, SegmentLossOptions options)
    {
        _options = options;
        _sampler = new SegmentSampler(options.Anchors, options.Length, options.Schedule, options.Placement, context.Random);
        _networks = [.. Enumerable.Range(0, options.Networks).Select(_ => new PredictionNetwork(context.Encoder.StateSize, context.Features, options.Network))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<nn.Module> Networks => _networks;

    /// <inheritdoc/>
    public IReadOnlyList<Segment> Draw(IReadOnlyList<int> lengths, long step) => _sampler.AfterAnchors(lengths, step);

    /// <inheritdoc/>
    /// <remarks>h_{a+1} … h_{a+L}: the gradient enters the main states after the anchor and stops just before it.</remarks>
    public StatesNeeded Needs(SequenceBatch batch, IReadOnlyList<Segment> segments) => new()
    {
        StepsAfter = Segment.Lengths(batch, segments, _options.Length).Max(),
        CutAfter = _options.Cut,
        GradientAfter = _options.Truncation != Truncation.None,
    };

    /// <inheritdoc/>
    public Tensor Compute(SequenceBatch batch, IReadOnlyList<Segment> segments, MainStates states, Generator? masks)
    {
        // They predict steps a+1 … a+L.
        int[] examples = [.. segments.Select(segment => segment.Example)];
        int[] next = [.. segments.Select(segment => segment.Anchor + 1)];
        int length = (int)states.After!.shape[0];
        using Tensor picked = SegmentGather.Rows(batch, examples, next, length); // [L·R]
        (Tensor targets, Tensor tokens) = SegmentGather.Pick(batch, picked, length); // [L, R, F]

        // L_aux = Σᵢ Lᵢ / Σᵢ lᵢ
        Tensor sum = Segment.SumOverNetworks(segments, _networks.Length, batch.Inputs.device, (network, rows, own) =>
        {
            Tensor some(Tensor all) => rows is null ? all : all.index_select(1, rows); // [L, r, …]
            return _networks[network].SumOfLosses(
                some(states.After), some(targets), some(tokens), Segment.Lengths(batch, own, _options.Length), _options.Cut, masks);
        });
        return sum.Over(Segment.Lengths(batch, segments, _options.Length).Sum(own => (double)own)); // []
    }
}
