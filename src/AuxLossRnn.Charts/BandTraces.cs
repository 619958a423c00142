using Plotly.NET;
using static AuxLossRnn.Charts.Specification;

namespace AuxLossRnn.Charts;

/// <summary>How a band is drawn.</summary>
internal static class BandTraces
{
    private const int MostMarkers = 40; // more of them would hide the line

    /// <summary>The mean with its markers, over a band if there are several seeds.</summary>
    public static IEnumerable<Trace> Of(Band band, string axis = "", bool legend = true)
    {
        if (band.Count > 1)
        {
            yield return Trace(
                "scatter", ("name", $"{band.Name}: lowest to highest"), ("legendgroup", band.Name), ("showlegend", false),
                ("hoverinfo", "skip"), ("mode", "lines"), ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
                ("x", band.X.Concat(band.X.Reverse()).ToArray()),
                ("y", Numbers(band.Highest.Concat(band.Lowest.Reverse()))), ("fill", "toself"),
                ("fillcolor", Faint(band.Style, 0.2)), ("line", new { width = 0 }));
        }

        yield return Trace(
            "scatter", ("name", Escaped(band.Legend)), ("legendgroup", band.Name), ("showlegend", legend),
            ("mode", band.X.Length > MostMarkers ? "lines" : "lines+markers"), ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
            ("x", band.X), ("y", Numbers(band.Mean)),
            ("line", new
            {
                color = band.Style.Colour,
                dash = band.Dash,
                width = 2,
            }),
            ("marker", new
            {
                color = band.Style.Colour,
                symbol = band.Marker,
                size = 7,
            }));
    }
}
