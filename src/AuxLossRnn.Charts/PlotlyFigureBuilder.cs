using AuxLossRnn.Figures;
using Plotly.NET;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

/// <summary>The kit's figures as Plotly specifications.</summary>
public sealed partial class PlotlyFigureBuilder : IFigureBuilder
{
    // Each figure has a file of its own; here is what several of them say.
    private const string Accuracy = "test accuracy (%)";
    private const string TrainingStep = "training step";

    /// <inheritdoc/>
    public Stream OpenPlotly()
    {
        string name = Figure.PlotlyAddress.Split('/')[^1];
        return typeof(GenericChart).Assembly.GetManifestResourceStream($"Plotly.NET.{name}")
            ?? throw new InvalidOperationException($"Plotly.NET does not bring {name}: {nameof(Figure)}.{nameof(Figure.PlotlyAddress)} names another version.");
    }

    private static int[] ToPercent(int end) => [0, end];
}
