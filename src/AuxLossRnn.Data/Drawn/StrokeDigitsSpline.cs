namespace AuxLossRnn.Data;

/// <summary>The smooth curve (Catmull and Rom) through the knots of one stroke.</summary>
internal static class StrokeDigitsSpline
{
    /// <summary>Straight pieces between two knots: at 28 pixels a piece is then about one pixel long.</summary>
    private const int Pieces = 6;

    /// <summary>Points along the curve, from the first knot to the last.</summary>
    /// <param name="knots">The knots, at least two.</param>
    internal static (double X, double Y)[] Flatten(StrokeDigitsKnot[] knots)
    {
        var points = new (double X, double Y)[(knots.Length - 1) * Pieces + 1];
        points[0] = (knots[0].X, knots[0].Y);
        for (int i = 0; i + 1 < knots.Length; i++)
        {
            StrokeDigitsKnot start = knots[i];
            StrokeDigitsKnot end = knots[i + 1];
            StrokeDigitsKnot before = i == 0 || start.Corner ? Mirror(end, start) : knots[i - 1];
            StrokeDigitsKnot after = i + 2 == knots.Length || end.Corner ? Mirror(start, end) : knots[i + 2];
            for (int piece = 1; piece <= Pieces; piece++)
            {
                double t = (double)piece / Pieces;
                points[i * Pieces + piece] =
                    (Blend(before.X, start.X, end.X, after.X, t), Blend(before.Y, start.Y, end.Y, after.Y, t));
            }
        }

        return points;
    }

    /// <summary>The knot that would stand beyond a free end or a corner.</summary>
    private static StrokeDigitsKnot Mirror(StrokeDigitsKnot knot, StrokeDigitsKnot at) =>
        new(2 * at.X - knot.X, 2 * at.Y - knot.Y, Corner: false);

    // p(t) = ½ [2b + (c − a) t + (2a − 5b + 4c − d) t² + (3b − a − 3c + d) t³], which passes through b and c.
    private static double Blend(double a, double b, double c, double d, double t) =>
        0.5 * (2 * b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * b - a - 3 * c + d))));
}
