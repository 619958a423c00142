using System.Globalization;
using System.Text.Json;

namespace AuxLossRnn.Figures;

/// <summary>A figure as a Plotly specification. A notebook draws it; without scripts its static picture is seen.</summary>
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed record Figure : IHtml
{
    /// <summary>Where plotly.js comes from, unless the page has it already.</summary>
    public const string PlotlyAddress = "https://cdn.plot.ly/plotly-2.35.2.min.js";

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

    /// <summary>The same as a picture, an <c>svg</c> element, for readers without scripts; null for none.</summary>
    public string? StaticSvg { get; init; }

    /// <summary>An element with the figure and the script that draws it.</summary>
    public string ToHtml()
    {
        string id = $"auxloss-figure-{Guid.NewGuid():N}"; // a page may hold the cells of several processes
        string picture = StaticSvg is null ? "" : $"\n<div id=\"{id}-static\">{StaticSvg}</div>";
        return $$"""
            <div class="auxloss-figure">
            <div id="{{id}}" style="width:100%;min-height:{{(StaticSvg is null ? Height : 0).ToString(CultureInfo.InvariantCulture)}}px"></div>{{picture}}
            <script type="text/javascript">
            (function () {
              var data = {{Embedded(Data)}};
              var layout = {{Embedded(Layout)}};
              function draw(plotly) {
                var target = document.getElementById("{{id}}");
                if (!target) { return; }
                target.style.minHeight = "{{Height.ToString(CultureInfo.InvariantCulture)}}px";
                plotly.newPlot(target, data, layout, { responsive: true, displaylogo: false }).then(function () {
                  var picture = document.getElementById("{{id}}-static");
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
                var target = document.getElementById("{{id}}");
                if (target && !document.getElementById("{{id}}-static")) {
                  target.textContent = "This figure needs plotly.js, which could not be loaded from {{PlotlyAddress}}.";
                }
              });
            })();
            </script>
            </div>
            """;
    }

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
