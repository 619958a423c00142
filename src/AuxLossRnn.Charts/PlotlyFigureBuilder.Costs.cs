using AuxLossRnn.Figures;
using static AuxLossRnn.Charts.PlotArea;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure Costs(IReadOnlyList<CostSeries> series, string title)
    {
        LogarithmicAxis.Require(series.SelectMany(one => one.Lengths), "length");
        IReadOnlyList<Band> times = Band.Group([.. series.Select(one => new Series(one.Name, one.Model, one.Lengths, [.. one.Milliseconds.Select(LogarithmicAxis.Positive)]))]);
        IReadOnlyList<Band> memories = Band.Group([.. series.Select(one => new Series(one.Name, one.Model, one.Lengths, [.. one.Mebibytes.Select(LogarithmicAxis.Positive)]))]);
        double[] lengths = [.. series.SelectMany(one => one.Lengths)];
        return Specification.Figure(
            title, Height,
            times.SelectMany(band => BandTraces.Of(band)).Concat(memories.SelectMany(band => BandTraces.Of(band, "2", legend: false))),
            ("xaxis", LogarithmicAxis.OfLengths("sequence length (steps)", lengths, LogarithmicAxis.HalfApart, ("domain", Left))),
            ("yaxis", LogarithmicAxis.OfCosts("time of a training step (ms)", series.SelectMany(one => one.Milliseconds))),
            ("xaxis2", LogarithmicAxis.OfLengths("sequence length (steps)", lengths, LogarithmicAxis.HalfApart, ("domain", Right), ("anchor", "y2"))),
            ("yaxis2", LogarithmicAxis.OfCosts("peak memory (MiB)", series.SelectMany(one => one.Mebibytes), ("anchor", "x2"))),
            ("legend", LegendBelow()));
    }
}
