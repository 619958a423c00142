namespace AuxLossRnn.Data;

/// <summary>An image file of a list.</summary>
/// <param name="Name">Its name, by which its bytes are known again.</param>
/// <param name="Label">Its class.</param>
/// <param name="Size">The file's size in bytes.</param>
/// <param name="Area">The part of it to show, in its pixels; null for all of it.</param>
public sealed record LabelledImage(string Name, int Label, long Size, ImageArea? Area = null);
