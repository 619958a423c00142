namespace AuxLossRnn.Sequences;

/// <summary>How real channels are made ready for a network. A run keeps it, and new sequences are made ready in the same way.</summary>
/// <param name="Missing">What becomes of missing values.</param>
/// <param name="Scaling">How channels are scaled.</param>
public sealed record SequencePreparation(MissingValues Missing = MissingValues.Refused, ChannelScaling Scaling = ChannelScaling.Unit);
