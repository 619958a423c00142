using AuxLossRnn.Runtime;

namespace AuxLossRnn.Data;

/// <summary>A smooth random displacement of the box from −½ to ½: neighbouring points move alike.</summary>
internal sealed class StrokeDigitsElasticField
{
    /// <summary>Cells across the box; fewer bend whole digits, more make them tremble.</summary>
    private const int Cells = 2;

    private const int Controls = Cells + 3; // a cubic B-spline needs 3 more controls than cells
    private readonly double[,] _x = new double[Controls, Controls];
    private readonly double[,] _y = new double[Controls, Controls];

    /// <summary>Draws a field.</summary>
    /// <param name="stream">The source of chance.</param>
    /// <param name="strength">The standard deviation of the controls; points move by about half of it.</param>
    internal StrokeDigitsElasticField(RandomStream stream, double strength)
    {
        for (int i = 0; i < Controls; i++)
        {
            for (int j = 0; j < Controls; j++)
            {
                _x[i, j] = strength * StrokeDigitsHand.Bell(stream);
                _y[i, j] = strength * StrokeDigitsHand.Bell(stream);
            }
        }
    }

    /// <summary>Where a point moves to.</summary>
    /// <param name="x">To the right.</param>
    /// <param name="y">Downwards.</param>
    internal (double X, double Y) Move(double x, double y)
    {
        (int row, double v) = Cell(y);
        (int column, double u) = Cell(x);
        Span<double> rows = stackalloc double[4];
        Span<double> columns = stackalloc double[4];
        Weights(v, rows);
        Weights(u, columns);
        double movedX = x;
        double movedY = y;
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                double weight = rows[i] * columns[j];
                movedX += weight * _x[row + i, column + j];
                movedY += weight * _y[row + i, column + j];
            }
        }

        return (movedX, movedY);
    }

    /// <summary>The cell and the place 0 … 1 in it; strokes that leave the box move like its edge.</summary>
    private static (int Index, double Place) Cell(double coordinate)
    {
        double scaled = Math.Clamp((coordinate + 0.5) * Cells, 0, Cells);
        int index = Math.Min((int)scaled, Cells - 1);
        return (index, scaled - index);
    }

    /// <summary>The four uniform cubic B-splines at t; they sum to 1.</summary>
    private static void Weights(double t, Span<double> weights)
    {
        double s = 1 - t;
        weights[0] = s * s * s / 6;
        weights[1] = (4 + t * t * (3 * t - 6)) / 6;
        weights[2] = (4 + s * s * (3 * s - 6)) / 6;
        weights[3] = t * t * t / 6;
    }
}
