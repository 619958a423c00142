using System.Net;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Publishing;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>What Markdown cells become.</summary>
public sealed class PublishedMarkdownTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private string At(string name) => _folder[name];

    private static NotebookDocument Cells(params string[] markdown)
    {
        var notebook = NotebookDocument.Create();
        for (int i = 0; i < markdown.Length; i++)
        {
            notebook.Insert(i, "markdown", $"p{i}", markdown[i]);
        }

        return notebook;
    }

    /// <summary>What stands in the page of a notebook of such cells, decoded once, so that a source is found as it was written.</summary>
    private async Task<string> Main(params string[] markdown) => await Main(Cells(markdown));

    private async Task<string> Main(NotebookDocument notebook)
    {
        notebook.Write(At("n.ipynb"));
        await Publish("n.ipynb");
        return (await File.ReadAllTextAsync(At("site/n.html"))).Split("<main>")[1].Split("</main>")[0];
    }

    private async Task Publish(params string[] names) => await NotebookPublisher.PublishAsync(
        [.. names.Select(At)], At("site"), () => throw new InvalidOperationException(), false, _warnings.Add);

    private static int Equations(string html) => html.Split("<math").Length - 1;

    [Theory]
    [InlineData("[a](https://e.org/?q=$x&y=$z)", "href=\"https://e.org/?q=$x&amp;y=$z\"")]
    [InlineData("See [this][r].\n\n[r]: https://e.org/$a$b", "href=\"https://e.org/$a$b\"")]
    [InlineData("<https://e.org/$a$b>", "href=\"https://e.org/$a$b\"")]
    [InlineData("https://e.org/$a$b", "href=\"https://e.org/$a$b\"")]
    [InlineData("[a](https://e.org \"costs $a$\")", "title=\"costs $a$\"")]
    [InlineData("![Loss $L_t$](https://e.org/f.png)", "alt=\"Loss $L_t$\"")]
    [InlineData("<a href=\"https://e.org/?q=$x&y=$z\" title=\"$a$\">a</a>", "<a href=\"https://e.org/?q=$x&y=$z\" title=\"$a$\">a</a>")]
    [InlineData("x <b title=\"$a$\">b</b>", "<b title=\"$a$\">b</b>")]
    [InlineData("text\n\n    cost = $a$ + $b$", "cost = $a$ + $b$")]
    [InlineData("- item\n\n  ```\n  $a$\n  ```", "$a$\n</code>")]
    [InlineData("> ```\n> $a$\n> ```", "$a$\n</code>")]
    [InlineData("<pre>$x$</pre>", "<pre>$x$</pre>")]
    [InlineData("Inline <code>$x$</code>.", "<code>$x$</code>")]
    [InlineData("<div><code>$x$</code> <script>var a = \"$b$ <img src='no.png'>\";</script></div>", "<code>$x$</code> <script>var a = \"$b$ <img src='no.png'>\";</script>")]
    [InlineData("<!-- $a$ -->", "<!-- $a$ -->")]
    [InlineData("It costs $5 and then $10, or \\$500 and \\$600, or $ 5 and $ 6.", "It costs $5 and then $10, or $500 and $600, or $ 5 and $ 6.")]
    [InlineData("`$a$` and ``$b` $``", "<code>$a$</code> and <code>$b` $</code>")]
    public async Task Dollars_in_addresses_titles_tags_and_code_are_no_equations(string markdown, string kept)
    {
        string html = await Main(markdown);

        Assert.Contains(kept, html, StringComparison.Ordinal);
        Assert.Equal(0, Equations(html));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("$a_1 * b * c_2$ and *$x$*, or **bold $y$**", 3)]
    [InlineData("| $\\lvert a | b$ | c |\n| --- | --- |\n| $d$ | \\$ |", 2)]
    [InlineData("$\\text{a $b$ c}$", 1)]
    [InlineData("$$\n- a\n+ b\n= c\n$$", 1)]
    [InlineData("Text $$\n= a\n> c\n1. d\n$$ text", 1)]
    [InlineData("x = $a$\n<b>y</b> $$\n- c\n= d\n$$\n<b>z</b> $e$", 3)]
    [InlineData("- item\n  $$\n  a\n  - b\n  $$\n- next $c$", 2)]
    [InlineData("> $$\n> a\n> = b\n> $$", 1)]
    [InlineData("\\begin{align}\na &= b \\\\\n- c &= d\n\\end{align}", 1)]
    [InlineData("\\begin{cases} a \\\\ b \\end{cases}", 1)]
    [InlineData("\\begin{multline}\na \\\\\n= b\n\\end{multline}", 1)]
    [InlineData("\\begin{eqnarray}\na &=& b \\\\\nc &=& d\n\\end{eqnarray}", 1)]
    [InlineData("\\begin{pmatrix} a & b \\end{pmatrix}", 1)]
    [InlineData("\\begin{gather*} \\begin{gathered} a \\end{gathered} \\end{gather*}", 1)]
    [InlineData("Inline \\\\(a_1\\\\) and \\\\[b_2\\\\] as MathJax has them", 2)]
    [InlineData("With spaces $ x_i = 2 $.", 1)]
    [InlineData("<div align=\"center\">$a &lt; b$ and <b>$c$</b></div>", 2)]
    [InlineData("$$a = b \\label{eq:one}$$", 1)]
    public async Task Equations_are_found_where_Jupyter_finds_them(string markdown, int count)
    {
        string html = await Main(markdown);

        Assert.Equal(count, Equations(html));
        Assert.Empty(_warnings);
        Assert.DoesNotContain("<h1", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Macros_hold_from_equation_to_equation_and_cell_to_cell_but_not_in_the_next_notebook()
    {
        NotebookDocument notebook = Cells(
            "$\\newcommand{\\R}{\\mathbb{R}} \\newcommand{\\vect}[1]{\\mathbf{#1}}$ $x \\in \\R$", "$\\gdef\\x{\\mathbf x}$ then $\\x$ and $\\vect{y}$",
            "$$\\DeclareMathOperator*{\\argmin}{arg\\,min} \\def\\one{1}$$", "# About $\\argmin_x \\one$", "$\\newcommand{\\R}{\\mathcal{R}} \\R$");
        notebook.Write(At("n.ipynb"));
        Cells("$\\vect{z}$").Write(At("other.ipynb"));
        await Publish("n.ipynb", "other.ipynb");

        Assert.Contains("other.ipynb", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("class=\"tex\"", await File.ReadAllTextAsync(At("site/n.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$$ a\n\nb $$", "$$ a")]
    [InlineData("\\begin{align} a", "\\begin{align} a")]
    [InlineData("Open \\\\[ b", "\\\\[ b")]
    [InlineData("\\begin{tikzpicture} a \\end{tikzpicture}", "No such environment: tikzpicture")]
    [InlineData("See \\eqref{eq:one}.", "\\eqref{eq:one}")]
    [InlineData("<p>$\\oops$</p>", "Undefined control sequence: \\oops")]
    public async Task What_is_no_equation_here_is_shown_as_it_is_written_and_told(string markdown, string told)
    {
        string html = WebUtility.HtmlDecode(await Main(markdown));

        Assert.All(_warnings, warning => Assert.Contains("cell 'p0' (1 from the top)", warning, StringComparison.Ordinal));
        Assert.Contains(_warnings, warning => warning.Contains(told, StringComparison.Ordinal));
        Assert.All(markdown.Replace("<p>", "", StringComparison.Ordinal).Split(' ', '\n').Where(word => word.Length > 3 && word[0] != '\\'), word => Assert.Contains(word.Replace("</p>", ""), html, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("## What Was Measured", "What-Was-Measured", "What-Was-Measured")]
    [InlineData("## Über äß", "Über-äß", "Über-äß")]
    [InlineData("## v1.0 / x", "v1.0-/-x", "v1.0-/-x")]
    [InlineData("## Loss $x$", "Loss-$x$", "Loss-$x$")]
    [InlineData("## A `code` and *stress*", "A-code-and-stress", "A-code-and-stress")]
    [InlineData("## R&D <b>now</b>", "R&D-now", "R&D-now")]
    [InlineData("## [Linked](https://e.org) title", "Linked-title", "Linked-title")]
    [InlineData("## What Was Measured?", "what-was-measured", "What-Was-Measured?")]
    [InlineData("## Two\n\n## Two\n\n## Two 2", "Two-2", "Two-2-2")]
    [InlineData("## theme", "theme", "theme-2")]
    [InlineData("Text\n\n<a id=\"mine\"></a>\n", "mine", "mine")]
    [InlineData("Text\n\n<a name=\"old\"></a>\n", "old", "old")]
    public async Task Anchors_are_Jupyters(string target, string anchor, string id)
    {
        string there = Uri.EscapeDataString(anchor);
        Cells($"[go](#{there}) and <a href=\"#{WebUtility.HtmlEncode(anchor)}\">go</a>", target).Write(At("n.ipynb"));
        Cells($"[go](n.ipynb#{there})").Write(At("other.ipynb"));
        await Publish("n.ipynb", "other.ipynb");
        static IEnumerable<string> Places(string html) => html.Split("<main>")[1].Split("href=\"").Skip(1).Select(link => Uri.UnescapeDataString(WebUtility.HtmlDecode(link.Split('"')[0])));
        string page = await File.ReadAllTextAsync(At("site/n.html"));

        Assert.All([$"#{id}", $"#{id}"], place => Assert.Contains(place, Places(page)));
        Assert.Equal([$"#{id}", $"#{id}"], Places(page).Take(2));
        Assert.Contains($"n.html#{id}", Places(await File.ReadAllTextAsync(At("site/other.html"))));
        Assert.Contains(page.Split(" id=\"").Skip(1).Concat(page.Split(" name=\"").Skip(1)), part => WebUtility.HtmlDecode(part.Split('"')[0]) == id);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_link_to_a_place_that_is_not_there_is_named()
    {
        Cells("[go](#Nowhere) [other](b.ipynb#Not-there) [top](#top)").Write(At("n.ipynb"));
        Cells("# There").Write(At("b.ipynb"));
        await Publish("n.ipynb", "b.ipynb");

        Assert.Equal(2, _warnings.Count);
        Assert.Contains("n.ipynb: the link #Nowhere leads to no place in the notebook: there is no heading 'Nowhere'", _warnings[0], StringComparison.Ordinal);
        Assert.Contains("leads to no place in b.html: there is no heading 'Not there'", _warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<img src=\"fig.png\" width=\"300\">", "<img src=\"data:image/png;base64,AQID\" width=\"300\">")]
    [InlineData("Text <IMG width=300 SRC=fig.png> more", "<IMG width=300 SRC=\"data:image/png;base64,AQID\">")]
    [InlineData("<img src=\"attachment:x.png\">", "<img src=\"data:image/png;base64,BBBB\">")]
    [InlineData("![a](attachment:x.png)", "src=\"data:image/png;base64,BBBB\"")]
    [InlineData("<picture><source srcset=\"fig.webp, fig.png 2x\"><img src='fig.png'></picture>", "<source srcset=\"data:image/webp;base64,AQID, data:image/png;base64,AQID 2x\"><img src=\"data:image/png;base64,AQID\">")]
    [InlineData("<video src=\"v.mp4\" poster=\"fig.png\" controls></video>", "<video src=\"data:video/mp4;base64,AQID\" poster=\"data:image/png;base64,AQID\" controls>")]
    [InlineData("![a](fig.webp)", "src=\"data:image/webp;base64,AQID\"")]
    [InlineData("![a](deep/a%20b.png) ![c](<deep/a b.png>)", "src=\"data:image/png;base64,AQID\"")]
    [InlineData("![a](deep\\a%20b.png)", "src=\"data:image/png;base64,AQID\"")]
    [InlineData("<audio><source src=\"s.mp3\"></audio>", "<source src=\"data:audio/mpeg;base64,AQID\">")]
    [InlineData("<p style=\"background: url(fig.png)\">b</p>", "<p style=\"background: url(data:image/png;base64,AQID)\">")]
    [InlineData("<a href=\"other.ipynb#There\">o</a>", "<a href=\"other.html#There\">o</a>")]
    [InlineData("<img src=\"https://e.org/x.png?a=1&b=2\"> <a href='mailto:a@e.org'>m</a>", "<img src=\"https://e.org/x.png?a=1&b=2\"> <a href='mailto:a@e.org'>m</a>")]
    public async Task Pictures_films_and_links_of_Markdown_and_HTML_come_into_the_page(string markdown, string html)
    {
        Directory.CreateDirectory(At("deep"));
        foreach (string name in (string[])["fig.png", "fig.webp", "v.mp4", "s.mp3", "deep/a b.png"])
        {
            await File.WriteAllBytesAsync(At(name), [1, 2, 3]);
        }

        string notebook = Cells(markdown).ToJson();
        await File.WriteAllTextAsync(At("n.ipynb"), notebook.Replace("\"cell_type\":", """
            "attachments": { "x.png": { "image/png": "BBBB" } }, "cell_type":
            """, StringComparison.Ordinal));
        Cells("# There").Write(At("other.ipynb"));
        await Publish("n.ipynb", "other.ipynb");

        Assert.Contains(html, await File.ReadAllTextAsync(At("site/n.html")), StringComparison.Ordinal);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task HTML_that_a_cell_shows_has_its_pictures_too()
    {
        await File.WriteAllBytesAsync(At("fig.png"), [1, 2, 3]);
        NotebookDocument notebook = Cells("# Shown");
        NotebookCell cell = notebook.Insert(1, "code", "c", "Show()");
        const string Script = "<script>document.write('<img src=\"gone.png\">');</script><pre>a\rb\u2028c</pre>";
        new NotebookOutputs().Of(cell, 1).Display(new MimeBundle(new Dictionary<string, string> { ["text/html"] = $"<img src=\"fig.png\">{Script}<img src=\"gone.png\">" }), null);
        string html = await Main(notebook);

        Assert.Contains($"<img src=\"data:image/png;base64,AQID\">{Script}", html, StringComparison.Ordinal);
        Assert.Contains("cell 'c' (2 from the top): gone.png is not shown: there is no file", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("![missing](nope.png)", "nope.png is not shown: there is no file", "nope.png")]
    [InlineData("<img src=\"nope.png\">", "nope.png is not shown: there is no file", "nope.png")]
    [InlineData("![a](attachment:gone.png)", "the cell has no attachment 'gone.png'", "attachment:gone.png")]
    [InlineData("![a](data.xyz)", ".xyz is no kind of file that pages show", "../data.xyz")]
    [InlineData("[a](data.xyz#part)", "the link data.xyz#part leads to a file that is no part of the pages", "../data.xyz#part")]
    [InlineData("<a href=\"unpublished.ipynb\">a</a>", "unless that notebook is published with them", "../unpublished.ipynb")]
    [InlineData("[a](gone.csv)", "the link gone.csv leads nowhere: there is no file", "gone.csv")]
    [InlineData("![a](/home/me/fig.png)", "leads to a place on one machine", "/home/me/fig.png")]
    [InlineData("<img src=\"file:///C:/fig.png\">", "leads to a place on one machine", "file:///C:/fig.png")]
    public async Task What_cannot_come_into_the_page_is_named(string markdown, string told, string address)
    {
        await File.WriteAllTextAsync(At("data.xyz"), "1");
        Cells("# Other").Write(At("unpublished.ipynb"));
        string html = await Main(markdown);

        Assert.Contains(told, Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Contains($"=\"{address}\"", html, StringComparison.Ordinal);
    }
}
