namespace AuxLossRnn.Experiments;

/// <summary>A number of the paper, with what is known of it.</summary>
/// <param name="Preset">The preset that runs the same experiment, such as <c>table2/mnist/lstm-full</c>.</param>
/// <param name="Accuracy">The test accuracy in percent.</param>
/// <param name="Error">The error of reading it off a figure, in percentage points; null for a number of a table.</param>
/// <param name="Standing">
/// How certain it is: P, seen in an image of the paper's own table, figure or caption; N, stated in the paper according to
/// readers' notes; D, digitised from a figure.
/// </param>
/// <param name="Note">The row's name in the paper, and anything to know about it.</param>
public sealed record PublishedResult(string Preset, double Accuracy, double? Error, char Standing, string Note);
