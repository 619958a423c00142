namespace AuxLossRnn.Charts;

/// <summary>Where a figure's plots and its legend are.</summary>
internal static class PlotArea
{
    /// <summary>The height of most figures in pixels.</summary>
    public const int Height = 380;

    /// <summary>The left one of two plots: its part of the width.</summary>
    public static double[] Left => [0, 0.43];

    /// <summary>The right one.</summary>
    public static double[] Right => [0.57, 1];

    /// <summary>The title of one of several plots, above it.</summary>
    /// <param name="text">The title.</param>
    /// <param name="x">The plot's middle, as a part of the width.</param>
    /// <param name="y">The plot's upper end, as a part of the height.</param>
    public static object Heading(string text, double x, double y = 1) => new
    {
        text = Specification.Escaped(text),
        x,
        y,
        xref = "paper",
        yref = "paper",
        xanchor = "center",
        yanchor = "bottom",
        showarrow = false,
    };

    /// <summary>A legend under the plot.</summary>
    /// <param name="height">The plot's height in pixels.</param>
    /// <param name="room">What the axis with its title takes, in pixels.</param>
    public static object LegendBelow(int height = Height - 95, int room = 63) => new
    {
        orientation = "h",
        y = -(double)room / height,
        bgcolor = "rgba(0,0,0,0)",
    };
}
