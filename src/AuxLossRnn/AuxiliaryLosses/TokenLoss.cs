namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The loss of one predicted step.</summary>
/// <remarks>
/// For pixels the sources on the paper conflict, so both exist; a run's config says which it used. A reader's notes give the auxiliary
/// network one output a channel, which makes it a regression: squared error is the default. Characters are no amounts and take
/// cross-entropy. A reader's own real-valued channels are rounded to 256 levels for it.
/// </remarks>
public enum TokenLoss
{
    /// <summary>Cross-entropy over the levels of each channel, summed over the channels.</summary>
    CrossEntropy,

    /// <summary>Squared error against the scaled features, one output a channel, summed over the channels.</summary>
    SquaredError,
}
