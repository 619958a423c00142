using System.Globalization;
using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;
using Plotly.NET;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    // Two bars and what parts them from the next two.
    private const int ComparisonHeight = 44;

    /// <inheritdoc/>
    public Figure AgainstPublished(IReadOnlyList<PublishedComparison> comparisons, string title)
    {
        if (comparisons.Count == 0)
        {
            throw new UserException("There is nothing to compare: give at least one published number or measured result.");
        }

        ModelStyle[] styles = [.. comparisons.Select(one => ModelStyle.Of(one.Model))];
        string[] labels = [.. comparisons.Select(one => Escaped(one.Label))];
        double?[] means = [.. comparisons.Select(one => one.Measured.Count == 0 ? (double?)null : one.Measured.Average())];
        // Lying bars have room for the names of their models, however many there are.
        Trace published = Trace(
            "bar", ("name", "published (P: in the paper's table, N: in notes, D: digitised)"), ("orientation", "h"), ("y", labels), ("x", comparisons.Select(one => one.Published).ToArray()),
            ("text", comparisons.Select(one => one.Published is null ? "" : $"{Number(one.Published)} {one.Standing}").ToArray()),
            ("textposition", "outside"), ("cliponaxis", false),
            ("marker", new
            {
                color = styles.Select(style => Faint(style, 0.2)).ToArray(),
                line = new
                {
                    color = styles.Select(style => style.Colour).ToArray(),
                    width = 1.5,
                },
                pattern = new
                {
                    shape = "/",
                    fgcolor = styles.Select(style => style.Colour).ToArray(),
                    fgopacity = 0.5,
                    size = 6,
                },
            }));
        Trace measured = Trace(
            "bar", ("name", "measured (mean and range over seeds)"), ("orientation", "h"), ("y", labels), ("x", means),
            ("text", means.Select(Number).ToArray()), ("textposition", "auto"), ("insidetextanchor", "middle"),
            ("marker", new { color = styles.Select(style => style.Colour).ToArray() }),
            ("error_x", new
            {
                type = "data",
                symmetric = false,
                array = comparisons.Select((one, i) => means[i] is double mean ? one.Measured.Max() - mean : 0).ToArray(),
                arrayminus = comparisons.Select((one, i) => means[i] is double mean ? mean - one.Measured.Min() : 0).ToArray(),
                color = Ink,
            }));
        int bars = ComparisonHeight * comparisons.Count;
        return Specification.Figure(
            title, bars + 145, [published, measured], ("barmode", "group"),
            ("xaxis", Axis(Accuracy, more: [("range", ToPercent(110)), ("dtick", 20)])),
            ("yaxis", Axis("", more: [("autorange", "reversed"), ("showgrid", false)])),
            ("legend", LegendBelow(bars, 60)));
    }

    private static string Number(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "";
}
