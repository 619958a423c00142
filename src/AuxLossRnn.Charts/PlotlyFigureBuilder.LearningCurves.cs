using AuxLossRnn.Figures;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure LearningCurves(IReadOnlyList<Series> runs, string title, string accuracy = "test accuracy") => Specification.Figure(
        title, Height, Band.Group(runs).SelectMany(band => BandTraces.Of(band)),
        ("xaxis", Axis(TrainingStep, more: [("rangemode", "tozero"), ("tickformat", ",d")])),
        ("yaxis", Axis($"{Escaped(accuracy)} (%)")));
}
