using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;

namespace AuxLossRnn.Data;

/// <summary>Handwritten-looking digits drawn in code: the dataset that needs no file and no network.</summary>
/// <remarks>
/// A digit is a few pen strokes (<see cref="StrokeDigitsShapes"/>), written with a shaky hand
/// (<see cref="StrokeDigitsHand"/>) and inked white on black (<see cref="StrokeDigitsRaster"/>). As in MNIST it fills
/// about 20 of the 28 units of the side and its centre of mass lies near the middle.
/// All of it uses only +, −, ×, ÷ and the square root, which IEEE 754 rounds alike everywhere, and no sine, logarithm
/// or vector instruction that may differ in the last bit: the bytes are the same on every platform.
/// </remarks>
public static class StrokeDigits
{
    /// <summary>The smallest side that can be drawn.</summary>
    public const int SmallestSide = 4;

    private const int Classes = 10;

    /// <summary>Draws digits of uniformly random classes.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="side">The side in pixels, at least 4; a small one looks like a large one average-pooled.</param>
    /// <param name="seed">The seed of the dataset.</param>
    /// <param name="first">
    /// The index of the first image. Image i depends on the seed and <paramref name="first"/> + i alone, so training
    /// and test images come from one seed and ranges that do not overlap.
    /// </param>
    /// <returns>Grey images, labelled 0 … 9.</returns>
    /// <exception cref="UserException">The count, the side or the first index is out of range.</exception>
    public static ByteImages Draw(int count, int side, long seed, long first = 0)
    {
        Check(count, side, first);
        byte[] levels = new byte[count * side * side];
        byte[] labels = new byte[count];
        Parallel.For(
            0,
            count,
            () => new StrokeDigitsRaster(side),
            (i, _, raster) =>
            {
                var stream = new RandomStream(seed, RandomPurpose.Drawing, first + i);
                int digit = stream.Next(Classes);
                labels[i] = (byte)digit;
                raster.Draw(StrokeDigitsHand.Write(digit, stream), levels.AsSpan(i * side * side, side * side));
                return raster;
            },
            _ => { });
        return new ByteImages(levels, labels, side, Channels: 1, Classes);
    }

    private static void Check(int count, int side, long first)
    {
        if (count < 1)
        {
            throw new UserException($"Cannot draw {count} stroke digits: ask for at least 1.");
        }

        if (side < SmallestSide)
        {
            throw new UserException(
                $"Cannot draw stroke digits with a side of {side}: the side must be at least {SmallestSide} pixels (28 is usual).");
        }

        if ((double)count * side * side > Array.MaxLength)
        {
            throw new UserException(
                $"Cannot draw {count} stroke digits with a side of {side}: together they may have at most {Array.MaxLength} "
                + "pixels. Choose a smaller count or side.");
        }

        if (first < 0 || first > long.MaxValue - count)
        {
            throw new UserException(
                $"Cannot draw stroke digits from index {first}: the first index must lie between 0 and {long.MaxValue - count}.");
        }
    }
}
