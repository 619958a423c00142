using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using Plotly.NET;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    private const double BetweenPanels = 0.05; // of the width
    private const double BetweenLines = 0.07; // of the distance of two places: error bars beside each other, not over each other

    /// <inheritdoc/>
    public Figure Points(IReadOnlyList<(string Title, IReadOnlyList<PointSeries> Lines)> panels, string title, string axis, string value = Accuracy)
    {
        if (panels.Sum(panel => panel.Lines.Sum(line => line.Points.Count)) == 0)
        {
            throw new UserException("There is nothing to draw: no line has a point.");
        }

        var traces = new List<Trace>();
        var layout = new List<(string Name, object Value)>();
        var titles = new List<object>();
        var named = new HashSet<string>();
        double width = (1 - BetweenPanels * (panels.Count - 1)) / panels.Count;
        foreach ((int i, (string heading, IReadOnlyList<PointSeries> lines)) in panels.Index())
        {
            string id = i == 0 ? "" : $"{i + 1}";
            string[] places = [.. lines.SelectMany(line => line.Points).Select(point => point.Place).Distinct()];
            foreach ((int j, PointSeries line) in lines.Index())
            {
                double shift = BetweenLines * (j - (lines.Count - 1) / 2.0);
                int variant = lines.Take(j).Count(other => other.Model == line.Model);
                traces.Add(Line(line, variant, places, shift, id, legend: named.Add(line.Name)));
            }

            double left = i * (width + BetweenPanels);
            layout.Add(($"xaxis{id}", Axis(
                Escaped(axis),
                more:
                [
                    ("domain", new[] { left, left + width }), ("anchor", $"y{id}"), ("tickmode", "array"), ("tickangle", 0),
                    ("tickvals", Enumerable.Range(0, places.Length).ToArray()), ("ticktext", places.Select(Escaped).ToArray()),
                    ("range", new[] { -0.5, places.Length - 0.5 }),
                ])));

            // An interval of few seeds may reach far beyond what an accuracy can be: the axis does not.
            (string, object) range = value == Accuracy ? ("range", ToPercent(100)) : ("rangemode", "tozero");
            layout.Add(($"yaxis{id}", Axis(i == 0 ? Escaped(value) : "", more: [("anchor", $"x{id}"), range])));
            titles.Add(Heading(heading, left + width / 2));
        }

        return Specification.Figure(title, Height, traces, [.. layout, ("annotations", titles), ("legend", LegendBelow())]);
    }

    private static Trace Line(PointSeries line, int variant, string[] places, double shift, string axis, bool legend)
    {
        // A second line of the same model has the same colour with another dash and hollow markers, as in the other figures.
        var band = new Band(line.Name, ModelStyle.Of(line.Model), 1, [], [], [], [], variant);
        ModelStyle style = band.Style;
        SeedStatistics[] seeds = [.. line.Points.Select(point => point.Accuracy)];
        return Trace(
            "scatter", ("name", Escaped(line.Name)), ("legendgroup", line.Name), ("showlegend", legend), ("mode", "lines+markers"),
            ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
            ("x", line.Points.Select(point => Array.IndexOf(places, point.Place) + shift).ToArray()), ("y", Numbers(seeds.Select(one => one.Mean))),
            ("text", line.Points.Select(point => Escaped($"{point.Place}: {Number(point.Accuracy.Mean)}, n = {point.Accuracy.Count}")).ToArray()),
            ("hoverinfo", "text+name"),
            ("line", new
            {
                color = style.Colour,
                dash = band.Dash,
                width = 2,
            }),
            ("marker", new
            {
                color = style.Colour,
                symbol = band.Marker,
                size = 7,
            }),
            ("error_y", ErrorBars(seeds, style.Colour)));
    }

    /// <summary>The 95 % intervals of means; none for a mean of one seed.</summary>
    private static object ErrorBars(IEnumerable<SeedStatistics> seeds, string colour) => new
    {
        type = "data",
        symmetric = false,
        array = Numbers(seeds.Select(one => one.High - one.Mean ?? 0)),
        arrayminus = Numbers(seeds.Select(one => one.Mean - one.Low ?? 0)),
        color = colour,
        thickness = 1.2,
        width = 3,
    };
}
