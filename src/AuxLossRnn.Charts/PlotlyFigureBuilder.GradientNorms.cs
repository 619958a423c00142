using AuxLossRnn.Figures;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure GradientNorms(IReadOnlyList<Series> series, string title) => Specification.Figure(
        title, Height,
        Band.Group([.. series.Select(one => one with { Y = [.. one.Y.Select(LogarithmicAxis.Positive)] })]).SelectMany(band => BandTraces.Of(band)),
        ("xaxis", Axis("time step t")),
        ("yaxis", Axis("gradient norm ‖∂L/∂h<sub>t</sub>‖", logarithmic: true)));
}
