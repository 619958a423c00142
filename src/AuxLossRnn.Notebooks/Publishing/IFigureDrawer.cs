using AuxLossRnn.Figures;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Draws figures as a browser shows them.</summary>
public interface IFigureDrawer
{
    /// <summary>Draws figures.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="plotly">The text of plotly.js.</param>
    /// <param name="width">The pictures' width in pixels.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>An SVG document for each figure.</returns>
    /// <exception cref="UserException">There is no browser, or it failed.</exception>
    Task<IReadOnlyList<string>> DrawAsync(IReadOnlyList<Figure> figures, string plotly, int width, CancellationToken cancellation = default);
}
