using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure Reconstruction(ReconstructionExample example, string title)
    {
        (int side, int pixels) = (example.Side, example.Side * example.Side);
        int end = example.Start + example.Reconstruction.Count;
        if (example.Image.Count != pixels || example.Start < 0 || end > pixels)
        {
            throw new UserException(
                $"An image of {side} × {side} pixels has steps 0 to {pixels - 1}, but {example.Image.Count} pixels are given and a "
                + $"segment of the steps {example.Start} to {end - 1}: give {pixels} pixels and a segment within them.");
        }

        double?[] reconstructed = [.. Enumerable.Range(0, pixels)
            .Select(step => step >= example.Start && step < end ? example.Reconstruction[step - example.Start] : (double?)null)];
        List<Trace> traces =
        [
            Image("read", Rows([.. Numbers(example.Image)], side), ""),
            Image("reconstructed", Rows(reconstructed, side), "2"),
            SegmentOutline.Of(side, example.Start, end, ""),
            SegmentOutline.Of(side, example.Start, end, "2"),
        ];
        // An anchor behind the image is in the legend alone.
        bool inside = example.Anchor < pixels;
        traces.Add(Trace(
            "scatter", ("name", inside ? $"anchor, step {example.Anchor}" : $"anchor at step {example.Anchor}, behind the image"), ("mode", "markers"),
            ("x", new[] { inside ? example.Anchor % side : (int?)null }), ("y", new[] { inside ? example.Anchor / side : (int?)null }),
            ("hovertemplate", $"anchor, step {example.Anchor}<extra></extra>"),
            ("marker", new
            {
                symbol = "x",
                size = 11,
                color = "#56b4e9",
                line = new
                {
                    color = "#000000",
                    width = 1,
                },
            })));
        return Specification.Figure(
            title, Height + 40, traces,
            ("xaxis", PixelAxis("column (pixels); as read", ("domain", Left))),
            ("yaxis", PixelAxis("row (pixels)", ("autorange", "reversed"), ("scaleanchor", "x"))),
            ("xaxis2", PixelAxis("column (pixels); segment as reconstructed", ("domain", Right), ("anchor", "y2"))),
            ("yaxis2", PixelAxis("", ("autorange", "reversed"), ("scaleanchor", "x2"), ("anchor", "x2"))),
            ("legend", LegendBelow()));
    }

    private static Trace Image(string name, double?[][] rows, string axis) => Trace(
        "heatmap", ("name", name), ("z", rows), ("zmin", 0), ("zmax", 1), ("showscale", false), ("hoverongaps", false),
        ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
        ("colorscale", new object[] { new object[] { 0, "#000000" }, new object[] { 1, "#ffffff" } }),
        ("hovertemplate", "row %{y}, column %{x}: %{z:.2f}<extra></extra>"));

    private static LinearAxis PixelAxis(string title, params (string Name, object Value)[] more) =>
        Axis(title, more: [("showgrid", false), ("constrain", "domain"), .. more]);

    private static double?[][] Rows(double?[] pixels, int side) => [.. pixels.Chunk(side)];
}
