namespace AuxLossRnn.Data;

/// <summary>What is made of image files.</summary>
/// <param name="Side">The side in pixels; images that are not square are squashed.</param>
/// <param name="Variants">
/// How many images are made of each file. The first is the image as it is; the others are random crops of 70 to 100 % of
/// its width and height, half of them mirrored.
/// </param>
/// <param name="Seed">The seed of those crops.</param>
public sealed record PreparationOptions(int Side, int Variants = 1, long Seed = 2018);
