using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Scripts of .NET Interactive as notebooks, and back.</summary>
public sealed class DibFileTests
{
    private const string Script = """
        #!meta

        {"kernelInfo":{"defaultKernelName":"csharp","items":[{"aliases":["c#","é"],"name":"csharp"}]},"other":{"kept":[1,2.50]}}

        #!markdown

        # Title

        text

        #!csharp

        int x = 1;


        #!time
        x

        #!fsharp

        let y = 2

        #!value

        #!value --name t
        text

        #!javascript

        #!share --from csharp x
        show(x)

        """;

    [Fact]
    public void A_script_is_the_same_after_it_was_a_notebook()
    {
        NotebookDocument notebook = DibFile.Parse(Script, "s.dib");
        NotebookDocument read = NotebookDocument.Parse(notebook.ToJson(), "n");

        Assert.Equal(Script, DibFile.Write(read));
        Assert.Equal(["markdown", "csharp", "fsharp", "value", "javascript"], read.Cells.Select(cell => cell.IsMarkdown ? "markdown" : cell.Language));
        Assert.Equal("int x = 1;\n\n\n#!time\nx", read.Cells[1].Source);
        Assert.Equal("csharp", read.CellLanguage);
        Assert.Equal("C#", read.Language);
        Assert.Empty(DibFile.Lost(read));
        Assert.Equal(5, read.Cells.Select(cell => cell.Id).Distinct().Count());
    }

    [Fact]
    public void A_notebook_is_the_same_after_it_was_a_script_but_for_what_is_told()
    {
        NotebookDocument notebook = NotebookDocument.Create();
        notebook.Insert(0, "markdown", "a", "text");
        notebook.Insert(1, "code", "b", "1", "parameters").Outputs.Add(new System.Text.Json.Nodes.JsonObject { ["output_type"] = "stream" });
        notebook.Insert(2, "code", "c", "2\n#!js\nf()");
        notebook.Insert(3, "raw", "d", "raw");
        NotebookDocument read = DibFile.Parse(DibFile.Write(notebook), "s.dib");

        Assert.Equal(["text", "1", "2", "f()"], read.Cells.Select(cell => cell.Source));
        Assert.Equal([null, "csharp", "csharp", "javascript"], read.Cells.Select(cell => cell.Language));
        // A notebook of another language is none of C#, whatever its cells say of themselves.
        Assert.Contains("#!fsharp\n", DibFile.Write(NotebookDocument.Parse(
            "{\"cells\":[{\"cell_type\":\"code\",\"metadata\":{},\"outputs\":[],\"execution_count\":null,\"source\":\"let x = 1\"}],\"metadata\":{\"kernelspec\":{\"language\":\"F#\",\"name\":\"f\",\"display_name\":\"f\"}},\"nbformat\":4,\"nbformat_minor\":4}",
            "f")), StringComparison.Ordinal);
        Assert.Equal(["outputs", "tags", "raw cells", "cells with parts in several languages, which become several cells"], DibFile.Lost(notebook));
    }

    [Fact]
    public void The_kernels_that_a_script_names_begin_cells_and_one_of_no_language_of_the_kit_is_refused_by_its_name()
    {
        const string Named = """
            #!meta

            {"kernelInfo":{"defaultKernelName":"csharp","items":[{"aliases":["pg"],"languageName":"PostgreSQL","name":"shop"},
              {"aliases":[],"languageName":"JavaScript","name":"webview"}, {"name":"html","languageName":"HTML"}]}}

            #!time
            1

            #!pg

            select 1

            #!webview

            f()

            #!nobody
            g()

            #!csharp

            2

            """;
        NotebookDocument read = NotebookDocument.Parse(DibFile.Parse(Named, "s").ToJson(), "n");

        Assert.Equal([("csharp", "#!time\n1"), ("shop", "select 1"), ("webview", "f()\n\n#!nobody\ng()"), ("csharp", "2")], read.Cells.Select(cell => (cell.Language!, cell.Source)));
        Assert.Equal(["csharp", "shop", "javascript", "csharp"], read.Cells.Select(read.LanguageOf));
        Assert.Contains("\n#!shop\n\nselect 1\n\n#!webview\n", DibFile.Write(read), StringComparison.Ordinal);
        Assert.Contains("\n#!shop\n", DibFile.Write(DibFile.Parse(DibFile.Write(Unnamed()), "s")), StringComparison.Ordinal);
        Assert.Contains("Cell 2 is of the language shop", Assert.Throws<UserException>(() => CellLanguages.Prefixed("select 1", read.LanguageOf(read.Cells[1]), "Cell 2")).Message, StringComparison.Ordinal);

        static NotebookDocument Unnamed()
        {
            NotebookDocument notebook = NotebookDocument.Create();
            notebook.Insert(0, "code", "a", "1");
            notebook.Insert(1, "code", "b", "select 1").Language = "shop";
            return notebook;
        }
    }

    [Theory]
    [InlineData("code", "var s = \"\"\"\n#!markdown\n# a\n\"\"\";\ns")]
    [InlineData("code", "var s = \"\"\"\n    a\n#!js\n    \"\"\";")]
    [InlineData("code", "var s = $@\"\n#!js\n\";")]
    [InlineData("code", "/*\n#!html\n*/ 1")]
    [InlineData("markdown", "```\n#!csharp\n1\n```\ntext")]
    public void A_line_within_a_text_begins_no_cell(string type, string source)
    {
        NotebookDocument notebook = NotebookDocument.Create();
        notebook.Insert(0, type, "a", source);
        notebook.Insert(1, "code", "b", "// \"\"\"\n2");

        Assert.Equal([source, "// \"\"\"\n2"], DibFile.Parse(DibFile.Write(notebook), "s").Cells.Select(cell => cell.Source));
        Assert.Contains(".NET Interactive, not the kit, begins another", Assert.Single(DibFile.Lost(notebook)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("var s = \"\"\"\na")]
    [InlineData("/* a")]
    public void A_text_that_does_not_end_takes_no_cells_in(string source) =>
        Assert.Equal([source, "f()"], DibFile.Parse($"#!csharp\n\n{source}\n\n#!js\n\nf()\n", "s").Cells.Select(cell => cell.Source));

    [Theory]
    [InlineData("1 + 1", "csharp", "1 + 1")]
    [InlineData("#!c#\r\n1\r\n", "csharp", "1")]
    [InlineData("\n#!js  \n\nf()\n\n", "javascript", "f()")]
    public void A_script_may_be_written_by_hand(string text, string language, string source)
    {
        NotebookCell cell = Assert.Single(DibFile.Parse(text, "s").Cells);

        Assert.Equal((language, source), (cell.Language, cell.Source));
    }

    [Theory]
    [InlineData("#!meta\n\n{")]
    [InlineData("#!meta\n\n[1]")]
    public void What_a_script_says_of_itself_is_an_object(string text) =>
        Assert.Contains("s.dib: after #!meta", Assert.Throws<UserException>(() => DibFile.Parse(text, "s.dib")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_is_read_and_written_by_its_name()
    {
        using var folder = new TemporaryFolder();
        folder.Write("s.dib", Script);
        NotebookDocument.Read(folder["s.dib"]).Write(folder["n.ipynb"]);
        NotebookDocument.Read(folder["n.ipynb"]).Write(folder["t.DIB"]);

        Assert.StartsWith("{\n \"cells\"", File.ReadAllText(folder["n.ipynb"]), StringComparison.Ordinal);
        Assert.Equal(Script, File.ReadAllText(folder["t.DIB"]));
    }
}
