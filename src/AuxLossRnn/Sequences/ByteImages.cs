namespace AuxLossRnn.Sequences;

/// <summary>Square images as bytes: image by image, row by row, channel last.</summary>
/// <param name="Levels">The levels 0 … 255, count × side × side × channels.</param>
/// <param name="Labels">The classes, one an image.</param>
/// <param name="Side">The side in pixels.</param>
/// <param name="Channels">1 for grey, 3 for RGB.</param>
/// <param name="Classes">The number of classes C.</param>
public sealed record ByteImages(byte[] Levels, byte[] Labels, int Side, int Channels, int Classes)
{
    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The first images; all of them if there are no more.</summary>
    /// <param name="count">How many; null for all.</param>
    public ByteImages Take(int? count) => count is int limit && limit < Count
        ? this with { Levels = Levels[..(limit * (Levels.Length / Count))], Labels = Labels[..limit] }
        : this;
}
