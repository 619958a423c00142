using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Figures;

/// <summary>A figure as a Plotly specification. A notebook draws it; without scripts its static picture is seen.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed partial record Figure : IHtml
{
    /// <summary>Where plotly.js comes from, unless the page has it already: the version that Plotly.NET brings.</summary>
    public const string PlotlyAddress = "https://cdn.plot.ly/plotly-2.28.0.min.js";

    private const string SvgAddress = "data:image/svg+xml;base64,";
    private const string SvgStyle = "style=\"max-width:100%;height:auto\"";

    /// <summary>A figure.</summary>
    /// <param name="data">The traces: a JSON array.</param>
    /// <param name="layout">The layout: a JSON object.</param>
    /// <param name="height">The height in pixels; the width is the page's.</param>
    /// <exception cref="JsonException">Not JSON.</exception>
    public Figure(string data, string layout, int height)
    {
        (Data, Layout, Height) = (Check(data, JsonValueKind.Array), Check(layout, JsonValueKind.Object), height);
    }

    /// <summary>The traces: a JSON array.</summary>
    public string Data { get; }

    /// <summary>The layout: a JSON object.</summary>
    public string Layout { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The same as a picture, an SVG document, for readers without scripts; null for none.</summary>
    public string? StaticSvg { get; init; }

    /// <summary>Names the figure in a page: the same for the same figure, so that running a notebook again changes little of its file.</summary>
    public string Id =>
        "auxloss-figure-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Embedded(Data)}\n{Embedded(Layout)}\n{Height}")))[..12];

    /// <summary>Reads a figure from what <see cref="ToHtml"/> made of it.</summary>
    /// <param name="html">The HTML.</param>
    /// <param name="figure">The figure with its static picture; null if the HTML is something else.</param>
    public static bool TryRead(string html, [NotNullWhen(true)] out Figure? figure)
    {
        Match match = Written().Match(html);
        figure = match.Success
            ? new Figure(match.Groups["data"].Value, match.Groups["layout"].Value, int.Parse(match.Groups["height"].Value, CultureInfo.InvariantCulture))
            {
                StaticSvg = match.Groups["svg"].Success ? "<svg" + match.Groups["svg"].Value : null,
            }
            : null;
        return figure is not null;
    }

    /// <summary>An element with the figure and the script that draws it.</summary>
    public string ToHtml()
    {
        // A page may show a figure twice: a script that is run apart from its element takes the first of that name that is free.
        string picture = StaticSvg is null ? "" : $"\n<div id=\"{Id}-static\" style=\"font-size:0\">{Picture(StaticSvg)}</div>";
        return $$"""
            <div class="auxloss-figure">
            <div id="{{Id}}" style="width:100%;min-height:{{(StaticSvg is null ? Height : 0).ToString(CultureInfo.InvariantCulture)}}px"></div>{{picture}}
            <script type="text/javascript">
            (function () {
              var data = {{Embedded(Data)}};
              var layout = {{Embedded(Layout)}};
              var own = document.currentScript && document.currentScript.closest(".auxloss-figure");
              function part(id) {
                own = own || Array.prototype.filter.call(document.querySelectorAll(".auxloss-figure"), function (one) {
                  return one.firstElementChild.id === "{{Id}}" && !one.auxlossTaken;
                })[0];
                if (!own) { return null; }
                own.auxlossTaken = true;
                return own.querySelector('[id="' + id + '"]');
              }
              part("{{Id}}");
              function draw(plotly) {
                var target = part("{{Id}}");
                if (!target) { return; }
                target.style.minHeight = "{{Height.ToString(CultureInfo.InvariantCulture)}}px";
                plotly.newPlot(target, data, layout, { responsive: true, displaylogo: false, modeBarButtons: [["toImage", "resetScale2d"]] }).then(function () {
                  var picture = part("{{Id}}-static");
                  if (picture) { picture.style.display = "none"; }
                });
              }
              if (window.Plotly) { draw(window.Plotly); return; }
              if (!window.auxlossPlotly) {
                window.auxlossPlotly = new Promise(function (resolve, reject) {
                  if (typeof window.require === "function" && typeof window.define === "function" && window.define.amd) {
                    // With require.js about, the script would define a module instead of window.Plotly.
                    window.require.config({ paths: { auxlossPlotly: "{{PlotlyAddress[..^3]}}" } });
                    window.require(["auxlossPlotly"], resolve, reject);
                    return;
                  }
                  var script = document.createElement("script");
                  script.src = "{{PlotlyAddress}}";
                  script.onload = function () { resolve(window.Plotly); };
                  script.onerror = reject;
                  document.head.appendChild(script);
                });
              }
              window.auxlossPlotly.then(draw, function () {
                var target = part("{{Id}}");
                if (target && !part("{{Id}}-static")) {
                  target.textContent = "This figure needs plotly.js, which could not be loaded from {{PlotlyAddress}}.";
                }
              });
            })();
            </script>
            </div>
            """;
    }

    /// <summary>
    /// The picture twice, of which every viewer shows one. GitHub's takes images with such an address out and leaves the svg element.
    /// JupyterLab's, before a notebook is run, takes out the svg element (its text stays, without size) and the word that hides the image.
    /// </summary>
    private static string Picture(string svg) =>
        $"<svg {SvgStyle}{svg["<svg".Length..]}<img hidden=\"\" alt=\"\" style=\"max-width:100%\" src=\"{SvgAddress}{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\" />";

    /// <summary>The figure's title, for readers of plain text.</summary>
    public override string ToString()
    {
        using var layout = JsonDocument.Parse(Layout);
        return layout.RootElement.TryGetProperty("title", out JsonElement title) && title.ValueKind == JsonValueKind.Object
            && title.TryGetProperty("text", out JsonElement text) && text.GetString() is { Length: > 0 } shown
            ? $"Figure: {WebUtility.HtmlDecode(shown)}"
            : "Figure";
    }

    [GeneratedRegex("""
        ^<div class="auxloss-figure">\n<div id="(?<id>[\w-]+)"[^>]*></div>(\n<div id="\k<id>-static"[^>]*>(<svg style="[\w:;%-]*"(?<svg>.*?</svg>))?<img [^>]*></div>)?\n<script[^>]*>\n.*?\n\s*var data = (?<data>\[.*?\]);\n\s*var layout = (?<layout>\{.*?\});\n.*?style\.minHeight = "(?<height>\d+)px"
        """, RegexOptions.Singleline)]
    private static partial Regex Written();

    // "</script>" and "<!--" inside a string would end the script.
    private static string Embedded(string json) => json.Replace("<", "\\u003c", StringComparison.Ordinal);

    private static string Check(string json, JsonValueKind kind)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == kind
            ? json
            : throw new JsonException($"A figure wants a JSON {kind}, not {document.RootElement.ValueKind}.");
    }
}
