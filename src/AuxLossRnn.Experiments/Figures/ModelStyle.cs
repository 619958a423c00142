using AuxLossRnn.Runtime;

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

    /// <summary>The style of a model.</summary>
    /// <param name="model">Its name.</param>
    /// <exception cref="UserException">No such model.</exception>
    public static ModelStyle Of(string model) => All.FirstOrDefault(style => style.Model == model)
        ?? throw new UserException(
            $"A figure cannot show the model '{model}': it knows {string.Join(", ", All.Select(style => style.Model))}. "
            + "Give one of these as the series' model; its name may be any.");
}
