using AuxLossRnn.Experiments.Sweeps;

namespace AuxLossRnn.Figures;

/// <summary>A published number beside what was measured.</summary>
/// <param name="Label">What is compared, such as <c>r-LSTM, truncated at 300</c>.</param>
/// <param name="Model">The model, which gives the colour.</param>
/// <param name="Published">The published accuracy (%); null for none.</param>
/// <param name="Standing">How certain that number is: P seen in the paper's own table, N stated in notes, D digitised.</param>
/// <param name="Measured">The measured accuracies (%), one a seed; empty for none.</param>
public sealed record PublishedComparison(
    string Label, string Model, double? Published, char? Standing, IReadOnlyList<double> Measured);

/// <summary>What training costs at several lengths.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Model">The model, which gives the colour.</param>
/// <param name="Lengths">The sequences' lengths in steps.</param>
/// <param name="Milliseconds">The time of a training step at each.</param>
/// <param name="Mebibytes">The peak memory at each.</param>
public sealed record CostSeries(
    string Name, string Model, IReadOnlyList<double> Lengths, IReadOnlyList<double> Milliseconds, IReadOnlyList<double> Mebibytes);

/// <summary>An image that was read pixel by pixel, and the segment of it that the decoder reconstructed.</summary>
/// <param name="Side">The image's side in pixels.</param>
/// <param name="Image">The pixels in [0, 1], row by row: [Side · Side].</param>
/// <param name="Start">The step of the segment's first pixel.</param>
/// <param name="Reconstruction">The segment's pixels as the decoder gave them, in [0, 1].</param>
/// <param name="Anchor">The step of the anchor; it may lie behind the image, in the silence after it.</param>
public sealed record ReconstructionExample(
    int Side, IReadOnlyList<double> Image, int Start, IReadOnlyList<double> Reconstruction, int Anchor);

/// <summary>A training run so far.</summary>
/// <param name="Model">The model, which gives the colour.</param>
/// <param name="Supervised">The supervised loss by step.</param>
/// <param name="Auxiliary">Each auxiliary loss by step, under its name; empty without one.</param>
/// <param name="Validation">The validation accuracy (%) by step.</param>
/// <param name="Test">The test accuracy (%) by step.</param>
/// <param name="Status">A line about it, such as the time left.</param>
public sealed record TrainingCurves(string Model, Series Supervised, IReadOnlyList<Series> Auxiliary, Series Validation, Series Test, string Status);

/// <summary>A line of a sweep's figure: what several seeds came to at each place of an axis.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Model">The model, which gives the colour.</param>
/// <param name="Points">Places, in the axis's order, with the accuracies' statistics (%) there; places without a result are left out.</param>
public sealed record PointSeries(string Name, string Model, IReadOnlyList<(string Place, SeedStatistics Accuracy)> Points);

/// <summary>Some steps of a sequence with all their channels.</summary>
/// <param name="Name">What they are, such as <c>reconstructed</c>; it is said where a figure has several such names.</param>
/// <param name="Values">The values [T][F]; NaN leaves a gap.</param>
/// <param name="Start">The step of the first ones in the sequence, from 0.</param>
public sealed record SequenceCurves(string Name, IReadOnlyList<IReadOnlyList<double>> Values, int Start = 0);

/// <summary>A plot of a sequence, or of several over each other.</summary>
/// <param name="Title">Its title, such as the sequence's class.</param>
/// <param name="Curves">What is drawn, all of the same channels.</param>
public sealed record SequencePanel(string Title, IReadOnlyList<SequenceCurves> Curves);
