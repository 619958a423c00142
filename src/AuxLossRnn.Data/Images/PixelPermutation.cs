using System.Reflection;
using System.Text.Json;

namespace AuxLossRnn.Data;

/// <summary>The one fixed order of the pixels that makes pMNIST, the same for everyone.</summary>
/// <remarks>
/// The paper's own permutation is unknown. This one is drawn once, kept in <c>data/pmnist-permutation.json</c> and
/// embedded in the library, for the 784 pixels of a whole image.
/// </remarks>
public static class PixelPermutation
{
    private static readonly Lazy<int[]> Whole = new(Read);

    /// <summary>The order for an image of some pixels: entry t is the pixel read at step t.</summary>
    /// <param name="pixels">The number of pixels, at most 784. Smaller images keep the order that the whole one gives to its first pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more than 784 pixels.</exception>
    public static int[] For(int pixels)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pixels, Whole.Value.Length);
        return [.. Whole.Value.Where(pixel => pixel < pixels)];
    }

    private static int[] Read()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("pmnist-permutation.json")
            ?? throw new InvalidOperationException("pmnist-permutation.json is not embedded in the library");
        return JsonSerializer.Deserialize<int[]>(stream)!;
    }
}
