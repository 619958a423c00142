using System.Text.Json;
using AuxLossRnn.Figures;
using Microsoft.FSharp.Collections;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Figure = AuxLossRnn.Figures.Figure;

namespace AuxLossRnn.Charts;

/// <summary>What all figures have in common.</summary>
internal static class Specification
{
    /// <summary>Text on a light page and on a dark one: as far from white as from nearly black.</summary>
    public const string Ink = "#7d7d7d";

    private const string Grid = "rgba(125,125,125,0.25)";

    /// <summary>A trace with its properties, by Plotly's names; those that are null are left out.</summary>
    public static Trace Trace(string type, params (string Name, object? Value)[] properties)
    {
        var trace = new Trace2D(type);
        foreach ((string name, object? value) in properties)
        {
            if (value is not null)
            {
                trace.SetProperty(name, value);
            }
        }

        return trace;
    }

    /// <summary>An axis.</summary>
    /// <param name="title">The title with its unit.</param>
    /// <param name="logarithmic">Whether each step multiplies.</param>
    /// <param name="more">Further properties.</param>
    public static LinearAxis Axis(string title, bool logarithmic = false, params (string Name, object Value)[] more)
    {
        var axis = new LinearAxis();
        axis.SetProperty("title", new
        {
            text = title,
            standoff = 8,
        });
        axis.SetProperty("gridcolor", Grid);
        axis.SetProperty("linecolor", Ink);
        axis.SetProperty("tickcolor", Ink);
        axis.SetProperty("zeroline", false);
        axis.SetProperty("automargin", true);
        if (logarithmic)
        {
            axis.SetProperty("type", "log");
            axis.SetProperty("exponentformat", "power");
            axis.SetProperty("minor", new
            {
                ticks = "outside",
                ticklen = 3,
                tickcolor = Ink,
            });
        }

        foreach ((string name, object value) in more)
        {
            axis.SetProperty(name, value);
        }

        return axis;
    }

    /// <summary>A figure of traces with the kit's look.</summary>
    /// <param name="title">The title.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="traces">The traces.</param>
    /// <param name="layout">Axes and other properties of the layout.</param>
    public static Figure Figure(string title, int height, IEnumerable<Trace> traces, params (string Name, object Value)[] layout)
    {
        var all = new Layout();
        all.SetProperty("title", new
        {
            text = Escaped(title),
            font = new { size = 15 },
            x = 0.01,
            xanchor = "left",
        });
        all.SetProperty("height", height);
        all.SetProperty("autosize", true);
        all.SetProperty("paper_bgcolor", "rgba(0,0,0,0)");
        all.SetProperty("plot_bgcolor", "rgba(0,0,0,0)");
        all.SetProperty("font", new
        {
            color = Ink,
            size = 13,
        });
        all.SetProperty("margin", new
        {
            l = 60,
            r = 20,
            t = 45,
            b = 50,
        });
        all.SetProperty("legend", new
        {
            bgcolor = "rgba(0,0,0,0)",
        });
        all.SetProperty("modebar", new
        {
            bgcolor = "rgba(0,0,0,0)",
            color = Ink,
            activecolor = "#0072b2",
        });
        foreach ((string name, object value) in layout)
        {
            all.SetProperty(name, value);
        }

        GenericChart chart = GenericChart.NewMultiChart(ListModule.OfSeq(traces), all, new Config(), new DisplayOptions());
        using JsonDocument json = JsonDocument.Parse(GenericChart.toFigureJson(chart));
        return new Figure(
            json.RootElement.GetProperty("data").GetRawText(), json.RootElement.GetProperty("layout").GetRawText(), height);
    }

    /// <summary>Text as it is: Plotly takes a few HTML tags otherwise.</summary>
    public static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>Numbers for JSON, which has neither NaN nor infinity: these become gaps.</summary>
    public static double?[] Numbers(IEnumerable<double> values) =>
        [.. values.Select(value => double.IsFinite(value) ? value : (double?)null)];

    /// <summary>A colour that lets the background through.</summary>
    /// <param name="style">The model's style.</param>
    /// <param name="opacity">In [0, 1].</param>
    public static string Faint(ModelStyle style, double opacity)
    {
        int colour = Convert.ToInt32(style.Colour[1..], 16);
        return FormattableString.Invariant($"rgba({colour >> 16},{(colour >> 8) & 255},{colour & 255},{opacity})");
    }
}
