namespace AuxLossRnn.Models;

/// <summary>Where a pass over a segment is divided to cut its gradients at regular steps.</summary>
public static class Chunks
{
    /// <summary>The chunks of a segment: first step and number of steps.</summary>
    /// <param name="length">The segment length L.</param>
    /// <param name="cut">The steps between two cuts; null for one chunk.</param>
    public static IEnumerable<(int From, int Steps)> Between(int length, int? cut)
    {
        int stride = cut ?? length;
        for (int from = 0; from < length; from += stride)
        {
            yield return (from, Math.Min(stride, length - from));
        }
    }
}
