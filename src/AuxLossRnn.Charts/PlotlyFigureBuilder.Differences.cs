using System.Globalization;
using AuxLossRnn.Experiments.Sweeps;
using AuxLossRnn.Runtime;
using Plotly.NET;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    private const int DifferenceHeight = 26; // of a difference, in pixels

    /// <inheritdoc/>
    public Figure Differences(IReadOnlyList<(string Label, PairedDifference Difference)> differences, string title, string value = "difference in test accuracy (points)")
    {
        (string Label, PairedDifference Difference)[] drawn = [.. differences.Where(one => one.Difference.Seeds.Count > 0)];
        if (drawn.Length == 0)
        {
            throw new UserException("There is nothing to draw: no two rows have a seed in common.");
        }

        string[] labels = [.. drawn.Select(one => Escaped(one.Label))];
        ILookup<bool, (string, SeedStatistics)> kinds = drawn.ToLookup(one => one.Difference.LeavesZeroOut, one => (Escaped(one.Label), one.Difference.Seeds));
        Trace[] traces =
        [
            Intervals("the 95 % interval leaves zero out", "circle", [.. kinds[true]]),
            Intervals("it does not, or there is one seed", "circle-open", [.. kinds[false]]),
        ];
        int rows = DifferenceHeight * drawn.Length;
        return Specification.Figure(
            title, rows + 145, traces,
            ("xaxis", Axis(Escaped(value), more: [("zeroline", true), ("zerolinecolor", Ink), ("zerolinewidth", 1)])),
            ("yaxis", Axis("", more: [("type", "category"), ("categoryorder", "array"), ("categoryarray", labels), ("range", new[] { drawn.Length - 0.5, -0.5 })])),
            ("legend", LegendBelow(rows, 60)));
    }

    private static Trace Intervals(string name, string symbol, (string Label, SeedStatistics Seeds)[] rows) => Trace(
        "scatter", ("name", name), ("mode", "markers"), ("y", rows.Select(row => row.Label).ToArray()), ("x", Numbers(rows.Select(row => row.Seeds.Mean))),
        ("text", rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Label}: {row.Seeds.Mean:+0.0;-0.0;0.0}{Interval(row.Seeds)}, n = {row.Seeds.Count}")).ToArray()),
        ("hoverinfo", "text"),
        ("marker", new
        {
            color = Ink,
            symbol,
            size = 8,
        }),
        ("error_x", ErrorBars(rows.Select(row => row.Seeds), Ink)));

    private static string Interval(SeedStatistics seeds) =>
        seeds is { Low: double low, High: double high } ? string.Create(CultureInfo.InvariantCulture, $" ({low:0.0} to {high:0.0})") : "";
}
