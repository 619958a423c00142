using Plotly.NET;
using static AuxLossRnn.Charts.Specification;

namespace AuxLossRnn.Charts;

/// <summary>The border of a segment on an image.</summary>
internal static class SegmentOutline
{
    private const string Anchored = "#d55e00"; // the r-LSTM's colour

    /// <summary>The border of the pixels of a segment, edge by edge.</summary>
    public static Trace Of(int side, int start, int end, string axis)
    {
        bool inside(int row, int column) =>
            row >= 0 && column >= 0 && row < side && column < side && row * side + column >= start && row * side + column < end;
        var x = new List<double?>();
        var y = new List<double?>();
        void Edge(double fromX, double fromY, double toX, double toY)
        {
            x.AddRange([fromX, toX, null]);
            y.AddRange([fromY, toY, null]);
        }

        for (int step = start; step < end; step++)
        {
            (int row, int column) = (step / side, step % side);
            (double top, double left) = (row - 0.5, column - 0.5);
            if (!inside(row - 1, column))
            {
                Edge(left, top, left + 1, top);
            }

            if (!inside(row + 1, column))
            {
                Edge(left, top + 1, left + 1, top + 1);
            }

            if (!inside(row, column - 1))
            {
                Edge(left, top, left, top + 1);
            }

            if (!inside(row, column + 1))
            {
                Edge(left + 1, top, left + 1, top + 1);
            }
        }

        return Trace(
            "scatter", ("name", $"segment, steps {start} to {end - 1}"), ("mode", "lines"), ("x", x.ToArray()), ("y", y.ToArray()),
            ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"), ("showlegend", axis.Length == 0), ("hoverinfo", "skip"),
            ("line", new
            {
                color = Anchored,
                width = 2.5,
            }));
    }
}
