using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Figures;

/// <summary>How a model is drawn in every figure: told apart by colour, and without it by dashes and markers.</summary>
/// <param name="Model">The model's name, such as <c>r-lstm</c>.</param>
/// <param name="Colour">The colour, as <c>#rrggbb</c>.</param>
/// <param name="Dash">The line's dash, by Plotly's name.</param>
/// <param name="Marker">The marker's shape, by Plotly's name.</param>
public sealed record ModelStyle(string Model, string Colour, string Dash, string Marker)
{
    /// <summary>The models' styles: the colours of Okabe and Ito, which the colour-blind can tell apart.</summary>
    /// <remarks>Their black and their yellow cannot be seen on a dark or a light page: here they are a grey and a darker yellow.</remarks>
    public static IReadOnlyList<ModelStyle> All { get; } =
    [
        new("lstm", "#7f7f7f", "solid", "circle"),
        new("r-lstm", "#d55e00", "dash", "square"),
        new("p-lstm", "#0072b2", "dot", "diamond"),
        new("rp-lstm", "#cc79a7", "dashdot", "triangle-up"),
        new("gru", "#009e73", "longdash", "x"),
        new("irnn", "#e69f00", "longdashdot", "cross"),
        new("urnn", "#56b4e9", "5px,2px,1px,2px,1px,2px", "triangle-down"),
        new("transformer", "#9c8f00", "8px,3px,3px,3px", "star"),
    ];

    // Of pairs without a style of their own, such as p-gru or ink-lstm: the muted colours of Paul Tol that show on a dark page too.
    private static readonly string[] OtherColours = ["#aa4499", "#44aa99", "#999933", "#6699cc", "#b15928", "#882255"];

    /// <summary>The style of a model; one without a style of its own has the same one in every figure, made from its name.</summary>
    /// <param name="model">Its name.</param>
    /// <exception cref="UserException">It is no model's name.</exception>
    public static ModelStyle Of(string model)
    {
        if (All.FirstOrDefault(style => style.Model == model) is ModelStyle own)
        {
            return own;
        }

        _ = ModelName.Parse(model); // refuses what is none
        int hash = (int)(model.Aggregate(2166136261u, (sum, letter) => (sum ^ letter) * 16777619) >> 8); // FNV-1a
        (int other, int colour) = Math.DivRem(hash, OtherColours.Length);
        return new ModelStyle(model, OtherColours[colour], All[1 + other % (All.Count - 1)].Dash, All[1 + other % (All.Count - 1)].Marker);
    }
}
