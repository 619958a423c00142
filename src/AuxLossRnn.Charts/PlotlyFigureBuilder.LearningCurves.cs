using AuxLossRnn.Figures;
using static AuxLossRnn.Charts.PlotArea;
using static AuxLossRnn.Charts.Specification;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

public sealed partial class PlotlyFigureBuilder
{
    /// <inheritdoc/>
    public Figure LearningCurves(IReadOnlyList<Series> runs, string title, string accuracy = "test accuracy", string along = TrainingStep) => Specification.Figure(
        title, Height, Band.Group(runs).SelectMany(band => BandTraces.Of(band)),
        ("xaxis", Axis(Escaped(along), more: [("rangemode", "tozero"), .. along == TrainingStep ? [("tickformat", (object)",d")] : Array.Empty<(string, object)>()])),
        ("yaxis", Axis($"{Escaped(accuracy)} (%)")));
}
