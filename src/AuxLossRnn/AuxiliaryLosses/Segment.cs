namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>One segment of one example that an auxiliary loss predicts.</summary>
/// <param name="Example">The row of the batch.</param>
/// <param name="Anchor">The number of steps a read before the anchor: its main state is h_a.</param>
/// <param name="Start">The first step of the segment.</param>
/// <param name="Network">Which auxiliary network predicts it; 0 where all anchors share one.</param>
public readonly record struct Segment(int Example, int Anchor, int Start, int Network = 0);
