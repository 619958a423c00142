using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>Writes a digit as a person might: a variant of its shape, unsteady, bent, slanted, of some size and pen.</summary>
/// <remarks>The numbers here were chosen by eye, beside MNIST: every class recognisable, no two images alike.</remarks>
internal static class StrokeDigitsHand
{
    private const double Middle = 14; // of the 28 units of a side
    private const double KnotJitter = 0.03;
    private const double ElasticStrength = 0.12;

    /// <summary>Writes one digit.</summary>
    /// <param name="digit">0 … 9.</param>
    /// <param name="stream">The source of chance.</param>
    /// <returns>Strokes as points joined by straight lines.</returns>
    internal static StrokeDigitsPoint[][] Write(int digit, RandomStream stream)
    {
        StrokeDigitsKnot[][][] variants = StrokeDigitsShapes.All[digit];
        StrokeDigitsKnot[][] shape = variants[stream.Next(variants.Length)];
        var strokes = new (double X, double Y)[shape.Length][];
        for (int i = 0; i < shape.Length; i++)
        {
            strokes[i] = StrokeDigitsSpline.Flatten(Shake(shape[i], stream));
        }

        Bend(strokes, stream);
        Slant(strokes, stream);
        Place(strokes, stream);
        return Ink(strokes, stream);
    }

    /// <summary>A number of mean 0 and standard deviation 1, shaped like a bell and never beyond ±3.</summary>
    /// <param name="stream">The source of chance.</param>
    internal static double Bell(RandomStream stream) =>
        2 * (stream.NextDouble() + stream.NextDouble() + stream.NextDouble() - 1.5);

    private static StrokeDigitsKnot[] Shake(StrokeDigitsKnot[] knots, RandomStream stream)
    {
        var shaken = new StrokeDigitsKnot[knots.Length];
        for (int i = 0; i < knots.Length; i++)
        {
            double x = knots[i].X + KnotJitter * Bell(stream);
            double y = knots[i].Y + KnotJitter * Bell(stream);
            shaken[i] = new(x, y, knots[i].Corner);
        }

        return shaken;
    }

    private static void Bend((double X, double Y)[][] strokes, RandomStream stream)
    {
        var field = new StrokeDigitsElasticField(stream, ElasticStrength);
        Map(strokes, field.Move);
    }

    private static void Slant((double X, double Y)[][] strokes, RandomStream stream)
    {
        double width = stream.NextDouble(0.65, 1.05);
        double shear = 0.12 + 0.2 * Bell(stream); // most people lean to the right

        // The sine and cosine of an angle within ±15° from the tangent of its half: no trigonometry, so no platform's own.
        double t = stream.NextDouble(-0.13, 0.13);
        double cosine = (1 - t * t) / (1 + t * t);
        double sine = 2 * t / (1 + t * t);
        Map(strokes, (x, y) =>
        {
            double sheared = width * x - shear * y;
            return (cosine * sheared - sine * y, sine * sheared + cosine * y);
        });
    }

    /// <summary>Scales to the box that MNIST uses, 20 of 28 units with the ink, and centres the mass, a little off.</summary>
    private static void Place((double X, double Y)[][] strokes, RandomStream stream)
    {
        double left = double.MaxValue, top = double.MaxValue, right = double.MinValue, bottom = double.MinValue;
        double mass = 0, massX = 0, massY = 0;
        foreach ((double X, double Y)[] stroke in strokes)
        {
            for (int i = 0; i < stroke.Length; i++)
            {
                (double x, double y) = stroke[i];
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
                (double fromX, double fromY) = stroke[Math.Max(0, i - 1)];
                double length = Math.Sqrt((x - fromX) * (x - fromX) + (y - fromY) * (y - fromY));
                mass += length;
                massX += length * (x + fromX) / 2;
                massY += length * (y + fromY) / 2;
            }
        }

        double scale = stream.NextDouble(15.5, 18.5) / Math.Max(right - left, bottom - top);
        double shiftX = Middle + 0.6 * Bell(stream) - scale * massX / mass;
        double shiftY = Middle + 0.6 * Bell(stream) - scale * massY / mass;
        Map(strokes, (x, y) => (scale * x + shiftX, scale * y + shiftY));
    }

    /// <summary>Gives the pen's width, which swells and fades along each stroke.</summary>
    private static StrokeDigitsPoint[][] Ink((double X, double Y)[][] strokes, RandomStream stream)
    {
        double pen = stream.NextDouble(0.75, 1.7);
        var inked = new StrokeDigitsPoint[strokes.Length][];
        for (int i = 0; i < strokes.Length; i++)
        {
            double start = pen * stream.NextDouble(0.7, 1.2);
            double middle = pen * stream.NextDouble(0.8, 1.3);
            double end = pen * stream.NextDouble(0.7, 1.2);
            inked[i] = new StrokeDigitsPoint[strokes[i].Length];
            for (int j = 0; j < inked[i].Length; j++)
            {
                double t = (double)j / (inked[i].Length - 1);
                double radius = (1 - t) * (1 - t) * start + 2 * t * (1 - t) * middle + t * t * end;
                inked[i][j] = new(strokes[i][j].X, strokes[i][j].Y, radius);
            }
        }

        return inked;
    }

    private static void Map((double X, double Y)[][] strokes, Func<double, double, (double X, double Y)> move)
    {
        foreach ((double X, double Y)[] stroke in strokes)
        {
            for (int i = 0; i < stroke.Length; i++)
            {
                stroke[i] = move(stroke[i].X, stroke[i].Y);
            }
        }
    }
}
