namespace AuxLossRnn.Tests.Reference;

/// <summary>One row of a batch of segments.</summary>
/// <param name="Example">The example b in the batch.</param>
/// <param name="Anchor">The anchor a: the main state that has read a steps.</param>
/// <param name="Start">Where a reconstructed segment starts; unused for prediction.</param>
public readonly record struct ReferenceSegment(int Example, int Anchor, int Start = 0);
