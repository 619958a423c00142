using AuxLossRnn.Figures;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure AccuracyByLength(IReadOnlyList<Series> series, string title, string length = "sequence length")
    {
        LogarithmicAxis.Require(series.SelectMany(one => one.X), "length");
        return Specification.Figure(
            title, Height, Band.Group(series).SelectMany(band => BandTraces.Of(band)),
            ("xaxis", LogarithmicAxis.OfLengths($"{Escaped(length)} (steps)", series.SelectMany(one => one.X), LogarithmicAxis.WholeApart)),
            ("yaxis", Axis(Accuracy)));
    }
}
