using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Documents;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>A notebook as a page.</summary>
/// <param name="Title">Its first heading, or its file's name: HTML.</param>
/// <param name="Summary">Its first sentence: HTML.</param>
/// <param name="Duration">How long its cells took; null if that was not kept.</param>
/// <param name="Picture">Its last figure's static picture, which mostly is its result; null for none.</param>
/// <param name="Html">The page.</param>
internal sealed record NotebookPage(string Title, string Summary, TimeSpan? Duration, string? Picture, string Html)
{
    /// <summary>Makes a page.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="path">Its file.</param>
    /// <param name="equations">Sets the equations.</param>
    /// <param name="pages">The pages that are made, by their notebooks' full paths.</param>
    /// <param name="warn">Told of what cannot be shown.</param>
    public static NotebookPage Make(
        NotebookDocument notebook, string path, Equations equations, IReadOnlyDictionary<string, string> pages, Action<string> warn)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        JsonObject? attachments = null;
        var prose = new Prose(equations, address => Address(address, folder, attachments, pages));
        var body = new StringBuilder();
        Figure? last = null;
        TimeSpan? total = null;
        int number = 0;
        foreach (NotebookCell cell in notebook.Cells)
        {
            number++;
            attachments = cell.Attachments;
            string Set(string markdown) => prose.ToHtml(markdown, problem => warn($"{path}, cell {(cell.Id is null ? "" : $"'{cell.Id}' ")}({number} from the top): {problem}"));
            if (cell.IsMarkdown)
            {
                body.Append($"<section class=\"prose\">\n{Set(cell.Source)}</section>\n");
            }
            else if (cell.IsCode && !string.IsNullOrWhiteSpace(cell.Source))
            {
                JsonObject[] outputs = [.. cell.Outputs.OfType<JsonObject>()];
                last = outputs.Select(PublishedFigure.Of).OfType<PublishedFigure>().LastOrDefault()?.Figure ?? last;
                TimeSpan? took = cell.Executed is var (start, end) ? end - start : null;
                total = took is null ? total : (total ?? TimeSpan.Zero) + took;
                body.Append("<section class=\"code\">\n").Append(Code(cell, took));
                body.Append(string.Concat(outputs.Select(output => OutputHtml.Of(output, Set)))).Append("</section>\n");
            }
        }

        Heading? heading = prose.Headings.Count > 0 ? prose.Headings[0] : null;
        string title = heading?.Html ?? WebUtility.HtmlEncode(Path.GetFileNameWithoutExtension(path));
        string contents = Contents([.. prose.Headings.SkipWhile(one => one == heading && one.Level == 1).Where(one => one.Level <= 3)]);
        string summary = notebook.Cells.Where(cell => cell.IsMarkdown).Select(cell => Prose.FirstSentence(cell.Source)).FirstOrDefault(one => one.Length > 0) ?? "";
        string html = Page.Html(title, $"""
            <header class="bar"><a href="index.html">All notebooks</a><span class="switches"><button id="fold" hidden>Show code</button>{Page.ThemeSwitch}</span></header>
            <div class="columns">
            {contents}<main>
            {body}</main>
            </div>

            """, plotly: last is not null);
        return new NotebookPage(title, new Prose(equations, address => Address(address, folder, null, pages)).ToHtml(summary, _ => { }), total, last?.StaticSvg, html);
    }

    private static string Code(NotebookCell cell, TimeSpan? took)
    {
        string source = cell.Source.TrimEnd();
        string[] lines = [.. source.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        // What a cell does is seldom in what it refers to.
        string line = lines.FirstOrDefault(one => !one.StartsWith('#') && !one.StartsWith("using ", StringComparison.Ordinal) && !one.StartsWith("//", StringComparison.Ordinal)) ?? lines[0];
        string count = cell.ExecutionCount is int n ? n.ToString(CultureInfo.InvariantCulture) : " ";
        string time = took is TimeSpan span && span >= TimeSpan.FromSeconds(1) ? $"<span class=\"time\">{Page.Duration(span)}</span>" : "";
        return $"""
            <details><summary><span class="count">[{count}]</span><code class="line">{CodeColours.ToHtml(line)}</code><span class="open">C#</span>{time}</summary>
            <pre class="source"><code>{CodeColours.ToHtml(source)}</code></pre></details>

            """;
    }

    private static string Contents(IReadOnlyList<Heading> headings)
    {
        if (headings.Count < 2)
        {
            return "";
        }

        var html = new StringBuilder("<nav class=\"contents\" aria-label=\"Contents\">\n<ul>\n");
        foreach (Heading heading in headings)
        {
            html.Append(CultureInfo.InvariantCulture, $"<li class=\"level{heading.Level}\"><a href=\"#{heading.Id}\">{heading.Html}</a></li>\n");
        }

        return html.Append("</ul>\n</nav>\n").ToString();
    }

    /// <summary>Pictures come into the page; a link to a notebook that is published too leads to its page.</summary>
    private static string Address(string address, string folder, JsonObject? attachments, IReadOnlyDictionary<string, string> pages)
    {
        const string attachment = "attachment:";
        if (address.StartsWith(attachment, StringComparison.Ordinal))
        {
            return attachments?[Uri.UnescapeDataString(address[attachment.Length..])] is JsonObject formats && formats.Count > 0
                ? $"data:{formats.First().Key};base64,{formats.First().Value!.GetValue<string>()}"
                : address;
        }

        if (address.Contains(':', StringComparison.Ordinal) || address.StartsWith('#') || address.StartsWith('/'))
        {
            return address;
        }

        string[] parts = address.Split('#');
        string file = Path.GetFullPath(Path.Combine(folder, Uri.UnescapeDataString(parts[0])));
        if (pages.TryGetValue(file, out string? page))
        {
            return string.Join('#', parts.Skip(1).Prepend(page));
        }

        string? mime = Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".gif" => "image/gif",
            ".svg" => "image/svg+xml",
            _ => null,
        };
        return mime is not null && File.Exists(file) ? $"data:{mime};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}" : address;
    }
}
