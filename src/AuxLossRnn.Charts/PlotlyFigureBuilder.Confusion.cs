using System.Globalization;
using AuxLossRnn.Runtime;
using Plotly.NET;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure Confusion(IReadOnlyList<IReadOnlyList<int>> counts, string title, IReadOnlyList<string>? classes = null)
    {
        if (counts.Count == 0 || counts.Any(row => row.Count != counts.Count))
        {
            throw new UserException("A confusion matrix is square: give for each true class the counts of every predicted class.");
        }

        string[] names = [.. classes?.Select(Escaped) ?? Enumerable.Range(0, counts.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        if (names.Length != counts.Count)
        {
            throw new UserException($"There are {names.Length} names for {counts.Count} classes: give one name a class.");
        }

        double[][] shares = [.. counts.Select(row => row.Select(count => 100.0 * count / Math.Max(1, row.Sum())).ToArray())];
        Trace matrix = Trace(
            "heatmap", ("x", names), ("y", names), ("z", shares), ("text", counts.Select(row => row.ToArray()).ToArray()),
            ("texttemplate", "%{text}"), ("zmin", 0), ("zmax", 100), ("xgap", 1), ("ygap", 1),
            ("colorscale", new object[] { new object[] { 0, "#f2f6fa" }, new object[] { 1, "#0072b2" } }),
            ("colorbar", new
            {
                title = new
                {
                    text = "of the true class (%)",
                    side = "right",
                },
                outlinewidth = 0,
            }),
            ("hovertemplate", "true %{y}, predicted %{x}: %{text} (%{z:.1f} %)<extra></extra>"));
        return Specification.Figure(
            title, Height + 80, [matrix],
            ("xaxis", Axis("predicted class", more: [("type", "category"), ("constrain", "domain"), ("showgrid", false)])),
            ("yaxis", Axis("true class", more: [
                ("type", "category"), ("autorange", "reversed"), ("scaleanchor", "x"), ("constrain", "domain"), ("showgrid", false)])));
    }
}
