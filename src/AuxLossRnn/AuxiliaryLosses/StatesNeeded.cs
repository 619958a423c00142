using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>Which main states a loss is computed from, for each of its segments.</summary>
public sealed record StatesNeeded
{
    /// <summary>The state at the anchor, whose gradient goes back as far as this; null where it is not needed.</summary>
    public Truncation? AtAnchor { get; init; }

    /// <summary>The outputs of this many steps after the anchor, whose gradient stops just before the first; 0 for none.</summary>
    public int StepsAfter { get; init; }

    /// <summary>The steps after which the gradient among those outputs is cut; null for never.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Whether those outputs have a gradient at all.</summary>
    public bool GradientAfter { get; init; } = true;
}

/// <summary>The main states that a loss asked for.</summary>
/// <param name="Encoder">The main network.</param>
/// <param name="AtAnchor">The states at the anchors, each part <c>[n, R, …]</c>; null where they were not asked for.</param>
/// <param name="After">The outputs h_{a+1} … h_{a+L} after the anchors, <c>[L, R, S]</c>; null where they were not asked for.</param>
public sealed record MainStates(SequenceEncoder Encoder, EncoderState? AtAnchor, Tensor? After)
{
    /// <summary>Of the states at the anchors what a classifier would read, <c>[R, S]</c>.</summary>
    public Tensor Summary => Encoder.Summary(AtAnchor!);
}
