using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Publishing;
using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class PublishTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private string At(string name) => _folder[name];

    // None of these notebooks has a figure: nothing is drawn.
    private async Task<string> Publish(NotebookDocument notebook, string name = "n")
    {
        notebook.Write(At($"{name}.ipynb"));
        await NotebookPublisher.PublishAsync([At($"{name}.ipynb")], At("site"), () => throw new InvalidOperationException(), false, _warnings.Add);
        return await File.ReadAllTextAsync(At($"site/{name}.html"));
    }

    private static NotebookDocument Prose(string markdown)
    {
        var notebook = NotebookDocument.Create();
        notebook.Insert(0, "markdown", "prose", markdown);
        return notebook;
    }

    private static OutputCollector Ran(NotebookDocument notebook, string code)
    {
        NotebookCell cell = notebook.Insert(notebook.Cells.Count, "code", $"c{notebook.Cells.Count}", code);
        cell.ExecutionCount = 1;
        return new NotebookOutputs().Of(cell, 1);
    }

    [Fact]
    public async Task What_a_killed_publishing_left_half_written_is_gone_and_nothing_else()
    {
        _folder.Write($"site/n.html.4711.{Guid.NewGuid():N}.tmp", "<!doc");
        _folder.Write("site/mine.tmp", "mine");

        await Publish(Prose("one"));

        Assert.Equal(["index.html", "mine.tmp", "n.html"], Directory.GetFiles(At("site")).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public async Task A_page_has_what_C_sharp_shared_with_its_script_and_names_the_languages()
    {
        var notebook = NotebookDocument.Create();
        notebook.Insert(0, "code", "a", "var x = new[] { \"a<b\", \"</script>\" };");
        notebook.Insert(1, "code", "b", "#!html\n<p id=\"p\"></p>\n#!js\n#!share --from csharp x\nif (1 < x.length) p.textContent = x[0];");
        notebook.Insert(2, "code", "c", "#!time\n1");
        await NotebookRunner.RunAsync(notebook, _folder.Path, null, null, null);
        string page = await Publish(notebook);

        int html = page.IndexOf("<p id=\"p\"></p>", StringComparison.Ordinal);
        int shared = page.IndexOf("globalThis[\"x\"] = [\"a\\u003Cb\",\"\\u003C/script\\u003E\"];", StringComparison.Ordinal);
        int script = page.IndexOf("\nif (1 < x.length) p.textContent = x[0];\n}).catch(console.error);\n</script>", StringComparison.Ordinal);
        Assert.True(html > 0 && html < shared && shared < script, page);
        Assert.Equal(["C#", "HTML", "C#"], System.Text.RegularExpressions.Regex.Matches(page, "class=\"open\">([^<]+)<").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task Equations_become_MathML_and_dollars_elsewhere_stay()
    {
        string page = await Publish(Prose("""
            # Of $x_1$

            An equation $a_i * b_i * c$, and

            $$
            \sum_{t=1}^T \lVert h_t \rVert
            $$

            \begin{align} a &= b \\ c &= d \end{align}

            `$code_x$` costs $5 or \$6.

            ```
            $fenced_y$
            ```
            """));
        Assert.Equal(4, page.Split("<main>")[1].Split("<math").Length - 1);
        Assert.Contains("display=\"block\"", page, StringComparison.Ordinal);
        Assert.Contains("<code>$code_x$</code> costs $5 or $6.", page, StringComparison.Ordinal);
        Assert.Contains("$fenced_y$", page, StringComparison.Ordinal);
        Assert.Contains("id=\"Of-$x_1$\"", page, StringComparison.Ordinal);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_bad_equation_is_told_with_its_notebook_and_cell_and_shown_as_it_is_written()
    {
        string page = await Publish(Prose("Here: $\\oops{x}$."));
        string warning = Assert.Single(_warnings);
        Assert.Contains(At("n.ipynb"), warning, StringComparison.Ordinal);
        Assert.Contains("cell 'prose'", warning, StringComparison.Ordinal);
        Assert.Contains("Undefined control sequence: \\oops", warning, StringComparison.Ordinal);
        Assert.Contains("<code class=\"tex\">$\\oops{x}$</code>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outputs_of_all_kinds_are_shown()
    {
        var notebook = NotebookDocument.Create();
        OutputCollector output = Ran(notebook, "Console.WriteLine(1);");
        output.Write(false, "in place of this");
        notebook.Cells[0].Outputs[0]!["text"] = "10 %\r100 %\nand <b> \u001b[31mred\u001b[0m\n";
        output.Write(true, "beware\n");
        output.Result(new MimeBundle(new Dictionary<string, string> { ["text/html"] = "<table><tr><td>7</td></tr></table>", ["text/plain"] = "seven" }));
        output.Display(new MimeBundle(new Dictionary<string, string> { ["image/png"] = "AAAA", ["text/plain"] = "a picture" }), null);
        output.Display(new MimeBundle(new Dictionary<string, string> { ["text/markdown"] = "*$x$*" }), null);
        output.Fail(new CellError("Exception", "it broke", 1, null, ["Exception: it broke", "   at the cell"]));
        string page = await Publish(notebook);

        Assert.Contains("<pre class=\"stream stdout\">100 %\nand &lt;b&gt; red</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"stream stderr\">beware</pre>", page, StringComparison.Ordinal);
        Assert.Contains("<td>7</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("seven", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,AAAA\"", page, StringComparison.Ordinal);
        Assert.Contains("<em><math", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Exception: it broke</strong>\n   at the cell</pre>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r0 of 2\r1 of 2\r2 of 2\n", "2 of 2\n")]
    [InlineData("12345\rab", "ab345")]
    [InlineData("12345\r\u001b[Kab", "ab")]
    [InlineData("10 %\b\b\b\b99 %\n|\b/\b-", "99 %\n-")]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("one\ntwo\n\u001b[2A\u001b[2KONE\n", "ONE\ntwo")]
    [InlineData("\u001b[?25l\u001b]0;title\u0007x\u001b[1;32my\u001b[0m\a", "xy")]
    [InlineData("e\u0301\r\ud83d\ude00", "\ud83d\ude00")]
    [InlineData("a\fb\ta\u2028c", "a\n b\ta\u2028c")]
    [InlineData("a\u0085b\rc", "a\nc")]
    [InlineData("x\u001b[99999999999999Cy\u001b[5A\b\b\b", "x")]
    public void Console_text_is_shown_as_a_terminal_shows_it(string written, string seen) => Assert.Equal(seen, ConsoleText.Shown(written)[..seen.Length]);

    [Fact]
    public async Task Headings_of_one_name_have_places_of_their_own_and_pages_link_to_pages()
    {
        NotebookDocument first = Prose("# One\n\nThe first. A [link](two.ipynb#b).\n\n## Same\n\n## Same");
        first.Insert(1, "markdown", "more", "## Same");
        first.Write(At("one.ipynb"));
        Prose("# Two").Write(At("two.ipynb"));
        IReadOnlyList<string> written = await NotebookPublisher.PublishAsync(
            [At("one.ipynb"), At("two.ipynb")], At("site"), () => throw new InvalidOperationException(), false, _warnings.Add);

        string page = await File.ReadAllTextAsync(At("site/one.html"));
        Assert.All(["id=\"Same\"", "id=\"Same-2\"", "id=\"Same-3\"", "href=\"#Same-3\"", "href=\"two.html#b\""], part => Assert.Contains(part, page, StringComparison.Ordinal));
        string index = await File.ReadAllTextAsync(At("site/index.html"));
        Assert.Contains("<p>The first.</p>", index, StringComparison.Ordinal);
        Assert.Equal(["one.html", "two.html", "index.html"], written.Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_times_of_the_cells_are_added_up()
    {
        NotebookDocument notebook = Prose("# Timed");
        foreach (int seconds in (int[])[61, 64])
        {
            Ran(notebook, "x").Write(false, "done\n");
            DateTimeOffset start = DateTimeOffset.UnixEpoch;
            notebook.Cells[^1].Executed = (start, start.AddSeconds(seconds));
        }

        await Publish(notebook);
        Assert.Contains("ran 2 min 5 s", await File.ReadAllTextAsync(At("site/index.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var x = 1; // one", "<span class=\"k\">var</span> x = <span class=\"n\">1</span>; <span class=\"c\">// one</span>")]
    [InlineData("Segment s = Draw(\"<a>\");", "<span class=\"t\">Segment</span> s = <span class=\"m\">Draw</span>(<span class=\"s\">&quot;&lt;a&gt;&quot;</span>);")]
    [InlineData("broken( \"", "<span class=\"m\">broken</span>( <span class=\"s\">&quot;</span>")]
    public void Code_is_coloured_and_nothing_of_it_is_lost(string code, string html) => Assert.Equal(html, CodeColours.ToHtml(code));

    [Fact]
    public async Task What_cannot_be_published_is_refused_before_anything_is_written()
    {
        Prose("# Fine").Write(At("fine.ipynb"));
        await File.WriteAllTextAsync(At("text.ipynb"), "no JSON");
        NotebookDocument idle = Prose("# Idle");
        idle.Insert(1, "code", "c", "1 + 1");
        idle.Write(At("idle.ipynb"));
        Prose("# Index").Write(At("index.ipynb"));
        Directory.CreateDirectory(At("other"));
        Prose("# Fine").Write(At("other/fine.ipynb"));
        await Refused("There is no notebook", "missing.ipynb");
        await Refused("Give the path of an .ipynb file", "missing.ipynb");
        await Refused("is no notebook", "text.ipynb");
        await Refused("run it first, with `auxloss notebook run", "idle.ipynb");
        await Refused("rename the notebook", "index.ipynb");
        await Refused("rename the notebook", "other/fine.ipynb");
        Assert.False(Directory.Exists(At("site")));

        await File.WriteAllTextAsync(At("site"), "a file in the way");
        await Refused("is a file", "fine.ipynb");
        await Refused("is a file", "fine.ipynb", "site/deeper");
    }

    private async Task Refused(string reason, string name, string site = "site")
    {
        string[] paths = [.. new[] { At("fine.ipynb"), At(name) }.Distinct()];
        UserException problem = await Assert.ThrowsAsync<UserException>(() =>
            NotebookPublisher.PublishAsync(paths, At(site), () => throw new InvalidOperationException(), false, _warnings.Add));
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }
}
