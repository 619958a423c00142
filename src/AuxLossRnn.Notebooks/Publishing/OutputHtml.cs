using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Documents;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>What a cell showed, as HTML.</summary>
internal static class OutputHtml
{
    /// <summary>An output of a notebook file; empty for what a page cannot show.</summary>
    /// <param name="output">The output.</param>
    /// <param name="prose">Turns Markdown into HTML.</param>
    /// <param name="html">Turns HTML into that with the page's addresses.</param>
    public static string Of(JsonObject output, Func<string, string> prose, Func<string, string> html) => output["output_type"]?.GetValue<string>() switch
    {
        "stream" => Stream(output["name"]?.GetValue<string>() ?? "stdout", NotebookJson.Text(output["text"] ?? "")),
        "error" => Error(output),
        _ => output["data"] is JsonObject data ? Data(data, prose, html) : "",
    };

    private static string Stream(string name, string text) => $"<pre class=\"stream {WebUtility.HtmlEncode(name)}\">{Plain(text).TrimEnd('\n')}</pre>\n";

    private static string Error(JsonObject output)
    {
        string title = $"{output["ename"]?.GetValue<string>()}: {output["evalue"]?.GetValue<string>()}";
        string[] lines = [.. (output["traceback"] as JsonArray ?? []).SelectMany(line => line!.GetValue<string>().Split('\n'))];
        string trace = string.Join('\n', lines.SkipWhile(line => title.Contains(ConsoleText.Shown(line), StringComparison.Ordinal)));
        return $"<pre class=\"error\"><strong>{Plain(title)}</strong>{(trace.Length > 0 ? "\n" + Plain(trace) : "")}</pre>\n";
    }

    // The richest format first.
    private static string Data(JsonObject data, Func<string, string> prose, Func<string, string> html)
    {
        string? Text(string mime) => data[mime] is JsonNode node ? NotebookJson.Text(node) : null;
        if (Text("text/html") is string written)
        {
            return $"<div class=\"output\">{(Figure.TryRead(written, out Figure? figure) ? figure.ToHtml() : html(written))}</div>\n";
        }

        if ((Text("text/markdown") ?? Text("text/latex")) is string markdown)
        {
            return $"<div class=\"output\">{prose(markdown)}</div>\n";
        }

        if (Text("image/svg+xml") is string svg)
        {
            // As a picture of its own: its style and names stay within.
            return Image("image/svg+xml", Convert.ToBase64String(Encoding.UTF8.GetBytes(svg)));
        }

        foreach (string mime in (string[])["image/png", "image/jpeg", "image/gif", "image/webp"])
        {
            if (Text(mime) is string image)
            {
                return Image(mime, image.ReplaceLineEndings(""));
            }
        }

        return Text("text/plain") is string text ? $"<pre class=\"result\">{Plain(text)}</pre>\n" : "";
    }

    private static string Image(string mime, string base64) => $"<div class=\"output\"><img alt=\"\" src=\"data:{mime};base64,{base64}\"></div>\n";

    private static string Plain(string text) => WebUtility.HtmlEncode(ConsoleText.Shown(text));
}
