using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using Plotly.NET;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    private const int PanelHeight = 190;
    private const int BetweenRows = 60; // pixels: an axis and the next row's titles
    private const int Around = 160; // pixels: the title above, an axis and the legend below

    // The models' colours, the grey last. A ninth channel has the first one's with another dash.
    private static readonly string[] ChannelColours =
        [.. new[] { "p-lstm", "r-lstm", "gru", "rp-lstm", "irnn", "urnn", "transformer", "lstm" }.Select(model => ModelStyle.Of(model).Colour)];

    private static readonly string[] SequenceDashes = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"]; // two a series

    /// <inheritdoc/>
    public Figure Sequences(
        IReadOnlyList<SequencePanel> panels, string title, IReadOnlyList<string>? channels = null, string value = "value", (int Step, string Name)? mark = null)
    {
        string[] names = ChannelNames(panels, channels);
        string[] series = [.. panels.SelectMany(panel => panel.Curves).Select(curves => curves.Name).Distinct()];
        int columns = panels.Count switch { <= 3 => panels.Count, 4 => 2, _ => 3 };
        int rows = (panels.Count + columns - 1) / columns;
        int area = rows * PanelHeight + (rows - 1) * BetweenRows;
        double width = (1 - BetweenPanels * (columns - 1)) / columns;
        var traces = new List<Trace>();
        var layout = new List<(string Name, object Value)>();
        var (titles, marks, named) = (new List<object>(), new List<object>(), new HashSet<string>());
        foreach ((int i, SequencePanel panel) in panels.Index())
        {
            string id = i == 0 ? "" : $"{i + 1}";
            (int row, int column) = Math.DivRem(i, columns);
            double left = column * (width + BetweenPanels);
            double top = 1 - (double)row * (PanelHeight + BetweenRows) / area;
            foreach (SequenceCurves curves in panel.Curves)
            {
                traces.AddRange(names.Index().Select(channel => Curve(
                    curves, channel.Index, series.Length > 1 ? $"{channel.Item}, {curves.Name}" : channel.Item, Array.IndexOf(series, curves.Name), id, named)));
            }

            // The first plot's axes are all plots': they show the same range, and move together.
            (string, object)[] same = i == 0 ? [] : [("matches", "x")];
            layout.Add(($"xaxis{id}", Axis(
                row == rows - 1 || i + columns >= panels.Count ? "time step" : "",
                more: [("domain", new[] { left, left + width }), ("anchor", $"y{id}"), .. same])));
            (string, object)[] sameValues = i == 0 ? [] : [("matches", "y"), ("showticklabels", column == 0)];
            double bottom = Math.Max(0, top - (double)PanelHeight / area);
            layout.Add(($"yaxis{id}", Axis(column == 0 ? Escaped(value) : "", more: [("domain", new[] { bottom, top }), ("anchor", $"x{id}"), .. sameValues])));
            titles.Add(Heading(panel.Title, left + width / 2, top));
            if (mark is (int step, string name))
            {
                marks.Add(Mark(step, name, id));
            }
        }

        return Specification.Figure(
            title, area + Around, traces,
            [.. layout, ("annotations", titles), ("shapes", marks), ("margin", new { l = 60, r = 20, t = 65, b = 50 }), ("legend", LegendBelow(area))]);
    }

    private static Trace Curve(SequenceCurves curves, int channel, string name, int series, string axis, HashSet<string> named) => Trace(
        "scatter", ("name", Escaped(name)), ("legendgroup", name), ("showlegend", named.Add(name)), ("mode", "lines"),
        ("xaxis", $"x{axis}"), ("yaxis", $"y{axis}"),
        ("x", Enumerable.Range(curves.Start, curves.Values.Count).ToArray()), ("y", Numbers(curves.Values.Select(step => step[channel]))),
        ("hovertemplate", $"step %{{x}}, {Escaped(name)}: %{{y:.4g}}<extra></extra>"),
        ("line", new
        {
            color = ChannelColours[channel % ChannelColours.Length],
            dash = SequenceDashes[(2 * series + channel / ChannelColours.Length) % SequenceDashes.Length],
            width = 1.8,
        }));

    private static object Mark(int step, string name, string axis) => new
    {
        type = "line",
        x0 = step,
        x1 = step,
        y0 = 0,
        y1 = 1,
        xref = $"x{axis}",
        yref = $"y{axis} domain",
        name = Escaped(name),
        showlegend = axis.Length == 0,
        line = new
        {
            color = Ink,
            dash = "dot",
            width = 1.5,
        },
    };

    private static string[] ChannelNames(IReadOnlyList<SequencePanel> panels, IReadOnlyList<string>? channels)
    {
        SequenceCurves[] all = [.. panels.SelectMany(panel => panel.Curves)];
        if (all.Length == 0 || all.Any(curves => curves.Values.Count == 0))
        {
            throw new UserException("There is nothing to draw: give at least one sequence, each with at least one step.");
        }

        int count = all[0].Values[0].Count;
        foreach (SequenceCurves curves in all)
        {
            if (curves.Values.FirstOrDefault(step => step.Count != count) is IReadOnlyList<double> other)
            {
                throw new UserException($"A step of '{curves.Name}' has {other.Count} channels, but the first one drawn has {count}. Sequences of one figure have the same channels.");
            }
        }

        string[] names = [.. channels ?? [.. Enumerable.Range(0, count).Select(f => $"channel {f}")]];
        return names.Length == count ? names : throw new UserException($"There are {names.Length} names for {count} channels: give one name a channel.");
    }
}
