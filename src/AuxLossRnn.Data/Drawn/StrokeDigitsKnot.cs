namespace AuxLossRnn.Data;

/// <summary>A point that a pen stroke passes through.</summary>
/// <param name="X">To the right, −½ … ½.</param>
/// <param name="Y">Downwards, −½ … ½.</param>
/// <param name="Corner">The stroke may turn sharply here; elsewhere it is smooth.</param>
internal readonly record struct StrokeDigitsKnot(double X, double Y, bool Corner);
