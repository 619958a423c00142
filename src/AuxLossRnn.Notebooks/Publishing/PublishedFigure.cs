using System.Text.Json.Nodes;
using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Documents;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>A figure among a notebook's outputs.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Data">The output's formats.</param>
internal sealed record PublishedFigure(Figure Figure, JsonObject Data)
{
    /// <summary>The figure of an output; null if it is something else.</summary>
    public static PublishedFigure? Of(JsonObject output) =>
        output["data"] is JsonObject data && data["text/html"] is JsonNode html && Figure.TryRead(NotebookJson.Text(html), out Figure? figure)
            ? new PublishedFigure(figure, data)
            : null;

    /// <summary>Puts the figure with a static picture into the output; plain readers see its title.</summary>
    public void Replace(string picture)
    {
        Figure pictured = Figure with { StaticSvg = picture };
        Data["text/html"] = NotebookJson.Lines(pictured.ToHtml());
        Data["text/plain"] = NotebookJson.Lines(pictured.ToString());
    }
}
