namespace AuxLossRnn.Data;

/// <summary>What a channel holds in all sequences; NaN where it has no value.</summary>
/// <param name="Minimum">Its smallest value.</param>
/// <param name="Maximum">Its largest value.</param>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="Missing">How many of its values are missing.</param>
public sealed record ChannelSurvey(double Minimum, double Maximum, double Mean, double Deviation, long Missing);
