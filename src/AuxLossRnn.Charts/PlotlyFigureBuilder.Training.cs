using AuxLossRnn.Figures;
using Plotly.NET;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    private static readonly string[] AuxiliaryDashes = ["dot", "dashdot", "longdash", "longdashdot"];

    /// <inheritdoc/>
    public Figure Training(TrainingCurves curves)
    {
        ModelStyle style = ModelStyle.Of(curves.Model);
        var traces = new List<Trace>
        {
            Line("supervised loss", curves.Supervised with { Y = [.. curves.Supervised.Y.Select(LogarithmicAxis.Positive)] }, style, "solid", ""),
        };
        foreach ((int n, Series loss) in curves.Auxiliary.Index())
        {
            traces.Add(Line(loss.Name, loss with { Y = [.. loss.Y.Select(LogarithmicAxis.Positive)] }, style, AuxiliaryDashes[n % AuxiliaryDashes.Length], ""));
        }

        traces.Add(Line("test accuracy", curves.Test, style, "solid", "2"));
        if (curves.Validation.X.Count > 0)
        {
            traces.Add(Line("validation accuracy", curves.Validation, style, "dash", "2"));
        }

        // 1, 2 and 5: all nine digits touch. Within a decade there may be none of the three: there Plotly finds others.
        double[] losses = [.. curves.Auxiliary.Append(curves.Supervised).SelectMany(loss => loss.Y).Where(value => value > 0)];
        (string, object)[] ticks = losses.Length > 0 && losses.Max() >= 10 * losses.Min() ? [("dtick", "D2")] : [];

        return Specification.Figure(
            $"{curves.Model}: {curves.Status}", Height, traces,
            ("xaxis", Axis(TrainingStep, more: [("rangemode", "tozero"), ("domain", Left), ("tickformat", ",d")])),
            ("yaxis", Axis("loss (nats or squared error)", logarithmic: true, more: ticks)),
            ("xaxis2", Axis(TrainingStep, more: [("rangemode", "tozero"), ("domain", Right), ("anchor", "y2"), ("tickformat", ",d")])),
            ("yaxis2", Axis("accuracy (%)", more: [("range", ToPercent(100)), ("anchor", "x2")])),
            ("legend", LegendBelow()));
    }

    private static Trace Line(string name, Series series, ModelStyle style, string dash, string axis) => Trace(
        "scatter", ("name", name), ("mode", axis.Length > 0 ? "lines+markers" : "lines"), ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
        ("x", series.X.ToArray()), ("y", Numbers(series.Y)),
        ("line", new
        {
            color = style.Colour,
            dash,
            width = 2,
        }),
        ("marker", new
        {
            color = style.Colour,
            symbol = dash == "solid" ? style.Marker : $"{style.Marker}-open",
            size = 6,
        }));
}
