using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>A notebook as a page.</summary>
/// <param name="Title">Its first heading, or its file's name: HTML.</param>
/// <param name="Summary">Its first sentence: HTML.</param>
/// <param name="Duration">How long its cells took; null if that was not kept.</param>
/// <param name="Picture">Its last figure's static picture, which mostly is its result; null for none.</param>
/// <param name="Headings">Its headings.</param>
/// <param name="Html">The page.</param>
internal sealed record NotebookPage(string Title, string Summary, TimeSpan? Duration, string? Picture, IReadOnlyList<Heading> Headings, string Html)
{
    /// <summary>Makes a page.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="path">Its file.</param>
    /// <param name="site">Where the page goes.</param>
    /// <param name="equations">Sets the equations.</param>
    /// <param name="pages">The pages that are made, by their notebooks' full paths.</param>
    /// <param name="warn">Told of what cannot be shown.</param>
    public static NotebookPage Make(
        NotebookDocument notebook, string path, string site, Equations equations, IReadOnlyDictionary<string, string> pages, Action<string> warn)
    {
        var addresses = new Addresses(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFullPath(site), pages) { Warn = warn };
        var prose = new Prose(equations, addresses);
        equations.Begin();
        var body = new StringBuilder();
        Figure? last = null;
        TimeSpan? total = null;
        int number = 0;
        foreach (NotebookCell cell in notebook.Cells)
        {
            number++;
            string place = $"{path}, cell {(cell.Id is null ? "" : $"'{cell.Id}' ")}({number} from the top)";
            var told = new HashSet<string>();
            addresses.Attachments = cell.Attachments;
            addresses.Warn = problem =>
            {
                if (told.Add(problem))
                {
                    warn($"{place}: {problem}");
                }
            };
            if (cell.IsMarkdown)
            {
                body.Append($"<section class=\"prose\">\n{prose.ToHtml(cell.Source)}</section>\n");
            }
            else if (cell.IsCode && !string.IsNullOrWhiteSpace(cell.Source))
            {
                JsonObject[] outputs = [.. cell.Outputs.OfType<JsonObject>()];
                last = outputs.Select(PublishedFigure.Of).OfType<PublishedFigure>().LastOrDefault()?.Figure ?? last;
                TimeSpan? took = cell.Executed is var (start, end) ? end - start : null;
                total = took is null ? total : (total ?? TimeSpan.Zero) + took;
                body.Append("<section class=\"code\">\n").Append(Code(cell, notebook.LanguageOf(cell), took));
                body.Append(string.Concat(outputs.Select(output => OutputHtml.Of(output, prose.ToHtml, html => addresses.In(html))))).Append("</section>\n");
            }
        }

        Heading? heading = prose.Headings.Count > 0 ? prose.Headings[0] : null;
        string title = heading?.Html ?? WebUtility.HtmlEncode(Path.GetFileNameWithoutExtension(path));
        string contents = Contents([.. prose.Headings.SkipWhile(one => one == heading && one.Level == 1).Where(one => one.Level <= 3)]);
        addresses.Warn = _ => { }; // said already
        string summary = notebook.Cells.Where(cell => cell.IsMarkdown).Select(cell =>
        {
            addresses.Attachments = cell.Attachments;
            return prose.FirstSentence(cell.Source);
        }).FirstOrDefault(one => one.Length > 0) ?? "";
        string html = Page.Html(title, $"""
            <header class="bar"><a href="index.html">All notebooks</a><span class="switches"><button id="fold" hidden>Show code</button>{Page.ThemeSwitch}</span></header>
            <div class="columns">
            {contents}<main>
            {body}</main>
            </div>

            """, plotly: last is not null);
        return new NotebookPage(title, summary, total, last?.StaticSvg, prose.Headings, html);
    }

    private static string Code(NotebookCell cell, string? own, TimeSpan? took)
    {
        string language = CellLanguages.Of(cell.Source, own);
        Func<string, string> coloured = language == CellLanguages.CSharp ? CodeColours.ToHtml : WebUtility.HtmlEncode;
        string source = cell.Source.TrimEnd();
        string[] lines = [.. source.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        // What a cell does is seldom in what it refers to.
        string line = lines.FirstOrDefault(one => !one.StartsWith('#') && !one.StartsWith("using ", StringComparison.Ordinal) && !one.StartsWith("//", StringComparison.Ordinal)) ?? lines[0];
        string count = cell.ExecutionCount is int n ? n.ToString(CultureInfo.InvariantCulture) : " ";
        string time = took is TimeSpan span && span >= TimeSpan.FromSeconds(1) ? $"<span class=\"time\">{Page.Duration(span)}</span>" : "";
        return $"""
            <details><summary><span class="count">[{count}]</span><code class="line">{coloured(line)}</code><span class="open">{CellLanguages.Title(language)}</span>{time}</summary>
            <pre class="source"><code>{coloured(source)}</code></pre></details>

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
            html.Append(CultureInfo.InvariantCulture, $"<li class=\"level{heading.Level}\"><a href=\"#{Uri.EscapeDataString(heading.Id)}\">{heading.Html}</a></li>\n");
        }

        return html.Append("</ul>\n</nav>\n").ToString();
    }
}
