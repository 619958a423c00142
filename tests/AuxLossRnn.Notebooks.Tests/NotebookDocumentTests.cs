using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class NotebookDocumentTests
{
    // As Jupyter lays a file out, with things this kit knows nothing of.
    private const string Jupyter = """
        {
         "cells": [
          {
           "attachments": {},
           "cell_type": "markdown",
           "id": "a1",
           "metadata": {},
           "source": [
            "# Grüße 😀 \u001b \"quoted\" <b> é\n",
            "a\\b\ttab"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": null,
           "id": "b2",
           "metadata": {
            "editor": {
             "depth": 1.50,
             "open": [
              1,
              true,
              null
             ]
            },
            "tags": []
           },
           "outputs": [],
           "source": []
          }
         ],
         "metadata": {
          "unknown": 12345678901234567890123
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Theory]
    [InlineData("polyglot_notebook", "kernelName")]
    [InlineData("dotnet_interactive", "language")]
    public void A_cell_may_say_its_language(string host, string name)
    {
        string json = NotebookDocument.Create().ToJson().Replace(
            "\"cells\": []", $$$"""
            "cells": [{"cell_type": "code", "metadata": {"{{{host}}}": {"{{{name}}}": "fsharp"}}, "source": "1", "outputs": [], "execution_count": null}]
            """, StringComparison.Ordinal);

        Assert.Equal("fsharp", Assert.Single(NotebookDocument.Parse(json, "n").Cells).Language);
    }

    [Fact]
    public void What_is_not_changed_is_written_byte_for_byte() =>
        Assert.Equal(Jupyter.ReplaceLineEndings("\n"), NotebookDocument.Parse(Jupyter, "x").ToJson());

    [Fact]
    public void Cells_have_their_text_tags_and_names()
    {
        NotebookDocument notebook = NotebookDocument.Parse(Jupyter, "x");
        notebook.Insert(2, "code", "c3", "a\nb\n", "parameters");

        Assert.Equal("# Grüße 😀 \u001b \"quoted\" <b> é\na\\b\ttab", notebook.Cells[0].Source);
        Assert.Equal(["a1", "b2", "c3"], notebook.Cells.Select(cell => cell.Id));
        Assert.Equal("a\nb\n", notebook.Cells[2].Source);
        Assert.Equal(["parameters"], notebook.Cells[2].Tags);
    }

    [Fact]
    public void Outputs_are_stored_as_Jupyter_stores_them()
    {
        NotebookDocument notebook = NotebookDocument.Create();
        NotebookCell cell = notebook.Insert(0, "code", "a", "1");
        var output = new NotebookOutputs().Of(cell, 7);
        output.Write(false, "a");
        output.Write(false, "b\nc");
        output.Write(false, "d\n");
        output.Write(true, "e");
        output.Display(new MimeBundle(new Dictionary<string, string> { ["text/plain"] = "old" }), "id");
        output.Update(new MimeBundle(new Dictionary<string, string> { ["text/plain"] = "x\ny", ["application/json"] = "{\"k\":1}" }), "id");
        output.Result(new MimeBundle(new Dictionary<string, string> { ["text/plain"] = "r" }));

        Assert.Equal(
            """[{"name":"stdout","output_type":"stream","text":["ab\n","cd\n"]},{"name":"stderr","output_type":"stream","text":["e"]},"""
            + """{"data":{"application/json":{"k":1},"text/plain":["x\n","y"]},"metadata":{},"output_type":"display_data"},"""
            + """{"data":{"text/plain":["r"]},"execution_count":7,"metadata":{},"output_type":"execute_result"}]""",
            cell.Outputs.ToJsonString());
    }

    [Theory]
    [InlineData("\r0 of 2\r1 of 2\r2 of 2\n", 4)]
    [InlineData("a\fb\vc\u2028d\u2029e\u0085f", 6)]
    [InlineData("x\r\ny\n\n", 3)]
    [InlineData("|\b/\b-\u001b[31m\t \n", 1)]
    [InlineData("", 0)]
    public void Outputs_are_stored_byte_for_byte_in_the_lines_that_Jupyter_makes_of_them(string text, int lines)
    {
        NotebookDocument notebook = NotebookDocument.Create();
        OutputCollector output = new NotebookOutputs().Of(notebook.Insert(0, "code", "a", "1"), 1);
        output.Write(false, text);
        output.Display(new MimeBundle(new Dictionary<string, string> { ["text/plain"] = text, ["text/html"] = text }), null);
        foreach (char one in text)
        {
            output.Write(true, one.ToString());
        }

        NotebookCell cell = NotebookDocument.Parse(notebook.ToJson(), "x").Cells[0];
        Assert.All(
            [cell.Outputs[0]!["text"]!, cell.Outputs[1]!["data"]!["text/plain"]!, cell.Outputs[1]!["data"]!["text/html"]!, .. cell.Outputs.Skip(2).Select(one => one!["text"]!)],
            stored =>
            {
                Assert.Equal(text, string.Concat(stored.AsArray().Select(line => (string?)line)));
                Assert.Equal(lines, stored.AsArray().Count);
            });
    }

    [Fact]
    public void What_calls_itself_JSON_and_is_none_is_kept_as_text()
    {
        NotebookDocument notebook = NotebookDocument.Create();
        OutputCollector output = new NotebookOutputs().Of(notebook.Insert(0, "code", "a", "1"), 1);
        output.Display(new MimeBundle(new Dictionary<string, string> { ["application/json"] = "{ half", ["application/vnd.x+json"] = "[NaN]", ["application/x-ndjson"] = "{}\n{}" }), null);

        Assert.Contains(
            """{"application/json":["{half"],"application/vnd.x+json":[NaN],"application/x-ndjson":["{}\n","{}"]}""",
            notebook.ToJson().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_Python_alone_writes_are_read_and_written_as_they_were()
    {
        string json = Jupyter.ReplaceLineEndings("\n")
            .Replace("12345678901234567890123", "[\n   NaN,\n   Infinity,\n   -Infinity,\n   1e400,\n   \"NaN, \\\"Infinity\\\\\"\n  ]", StringComparison.Ordinal);

        Assert.Equal(json, NotebookDocument.Parse(json, "x").ToJson());
        Assert.Throws<UserException>(() => NotebookDocument.Parse(json.Replace("Infinity,", "Infinite,", StringComparison.Ordinal), "x"));
    }

    [Fact]
    public void Outputs_nested_as_deep_as_Python_reads_them_are_read_and_written_as_they_were()
    {
        string Deep(int depth) => NotebookDocument.Parse(
            Jupyter.Replace("12345678901234567890123", new string('[', depth) + "7" + new string(']', depth), StringComparison.Ordinal), "x").ToJson();

        Assert.Equal(Deep(900), NotebookDocument.Parse(Deep(900), "x").ToJson());
        Assert.Contains("maximum configured depth", Assert.Throws<UserException>(() => Deep(100_000)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it is empty. Take the file from where it came")]
    [InlineData(" \n", "it is empty")]
    [InlineData("\0\0\0\0", "it is empty (nothing but zero bytes)")]
    [InlineData("{\n\"cells\": [\n<<<<<<< HEAD\n],\n=======\n], \"x\": 1,\n>>>>>>> other\n\"nbformat\": 4 }", "in line 3 stands '<<<<<<< HEAD', the mark of a merge")]
    [InlineData("{\n\"cells\": [],\r\n=======\r\n\"nbformat\": 4 }", "in line 3 stands '=======', the mark of a merge")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n", "`git lfs pull`")]
    [InlineData("<!DOCTYPE html>\n<html></html>", "it is a web page")]
    [InlineData("{\n \"cells\": [\n  {", "ends too early in line 3")]
    [InlineData("{\n \"cells\": [,]\n}", "is no JSON in line 2: ',' is an invalid start of a value. Mend that line")]
    public void What_became_of_a_damaged_file_is_said_in_plain_words(string text, string told)
    {
        string message = Assert.Throws<UserException>(() => NotebookDocument.Parse(text, "my.ipynb")).Message;

        Assert.StartsWith("my.ipynb is no notebook: ", message, StringComparison.Ordinal);
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.DoesNotContain("BytePosition", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_written_as_a_mark_in_its_place()
    {
        NotebookDocument notebook = NotebookDocument.Create();
        OutputCollector output = new NotebookOutputs().Of(notebook.Insert(0, "code", "a", "1"), 1);
        output.Write(false, "one \ud83d");
        output.Write(false, "\ude00 two \ud83d\n");
        output.Write(false, "\ude00 three \ud83d");
        string written = notebook.ToJson();

        Assert.Contains("\"one 😀 two \ufffd\\n\"", written, StringComparison.Ordinal);
        Assert.Contains("\"\ufffd three \ufffd\"", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_that_is_read_costs_no_more_than_itself()
    {
        NotebookDocument notebook = NotebookDocument.Parse(
            """{"cells": [{"cell_type": "raw", "source": ["a\ud83d\u0041\"\\/\n", "\/b"]}], "nbformat": 4}""", "x");

        Assert.Equal("a\ud83dA\"\\/\n/b", notebook.Cells[0].Source);
        Assert.Contains("\"a\ufffdA\\\"\\\\/\\n\"", notebook.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_that_are_closed_stay_as_they_are()
    {
        NotebookDocument notebook = NotebookDocument.Create();
        var outputs = new NotebookOutputs();
        OutputCollector output = outputs.Of(notebook.Insert(0, "code", "a", "1"), 1);
        var value = new MimeBundle(new Dictionary<string, string> { ["text/plain"] = "x" });
        output.Display(value, "id");
        string before = notebook.ToJson();
        outputs.Close();
        output.Write(false, "late");
        output.Display(value, null);
        output.Update(new MimeBundle(new Dictionary<string, string> { ["text/plain"] = "y" }), "id");

        Assert.Equal(before, notebook.ToJson());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"cells\": [], \"nbformat\": 3}")]
    [InlineData("{\"cells\": [], \"nbformat\": \"4\"}")]
    [InlineData("{\"cells\": {}, \"nbformat\": 4}", "\"cells\"")]
    [InlineData("{\"cells\": [], \"cells\": [], \"nbformat\": 4}")]
    [InlineData("{\"cells\": [], \"nbformat\": 4, \"nbformat_minor\": \"5\"}", "\"nbformat_minor\"")]
    [InlineData("{\"cells\": [], \"nbformat\": 4, \"metadata\": []}", "\"metadata\"")]
    public void What_is_no_notebook_is_refused_by_name(string json, string told = "no notebook")
    {
        string message = Assert.Throws<UserException>(() => NotebookDocument.Parse(json, "my.ipynb")).Message;

        Assert.StartsWith("my.ipynb is no notebook", message, StringComparison.Ordinal);
        Assert.Contains(told, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "no object")]
    [InlineData("{\"source\": \"\"}", "\"cell_type\"")]
    [InlineData("{\"cell_type\": 1, \"source\": \"\"}", "\"cell_type\"")]
    [InlineData("{\"cell_type\": \"code\"}", "\"source\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": 5}", "\"source\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": [\"a\", null]}", "\"source\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"id\": 7}", "\"id\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"metadata\": []}", "\"metadata\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"metadata\": { \"tags\": [1] }}", "\"tags\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"metadata\": { \"tags\": \"x\" }}", "\"tags\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"outputs\": {}}", "\"outputs\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"outputs\": [{}]}", "\"outputs\"")]
    [InlineData("{\"cell_type\": \"code\", \"source\": \"\", \"execution_count\": \"1\"}", "\"execution_count\"")]
    public void A_wrong_cell_is_named_by_its_place_and_what_is_wrong(string cell, string told)
    {
        string json = "{\"cells\": [{\"cell_type\": \"raw\", \"source\": \"\"}, " + cell + "], \"nbformat\": 4}";
        string message = Assert.Throws<UserException>(() => NotebookDocument.Parse(json, "my.ipynb")).Message;

        Assert.StartsWith("my.ipynb is no notebook: ", message, StringComparison.Ordinal);
        Assert.Contains("in its cell 2,", message, StringComparison.Ordinal);
        Assert.Contains(told, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Odd_metadata_is_no_ones_business()
    {
        NotebookDocument notebook = NotebookDocument.Parse(
            "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"metadata\": { \"execution\": [] }}], \"metadata\": { \"kernelspec\": 1, \"language_info\": { \"name\": 2 } }, \"nbformat\": 4}",
            "x");

        Assert.Null(notebook.Language);
        Assert.Null(notebook.Cells[0].Executed);
    }

    [Fact]
    public void An_older_notebook_gets_names_that_depend_on_nothing_but_itself()
    {
        string old = Jupyter.Replace("   \"id\": \"a1\",\n", "", StringComparison.Ordinal).Replace("\"nbformat_minor\": 5", "\"nbformat_minor\": 2", StringComparison.Ordinal);
        NotebookDocument first = NotebookDocument.Parse(old, "x");
        NotebookDocument second = NotebookDocument.Parse(old, "x");
        first.Upgrade();
        second.Upgrade();
        string once = first.ToJson();
        NotebookDocument again = NotebookDocument.Parse(once, "x");
        again.Upgrade();

        Assert.Matches("^[0-9a-f]{8}$", first.Cells[0].Id);
        Assert.Equal("b2", first.Cells[1].Id);
        Assert.Equal(Jupyter.Replace("\"a1\"", $"\"{first.Cells[0].Id}\"", StringComparison.Ordinal), once);
        Assert.Equal(once, second.ToJson());
        Assert.Equal(once, again.ToJson());
    }

    [Fact]
    public void Equal_cells_get_different_names()
    {
        const string Cell = "{\"cell_type\": \"raw\", \"source\": \"\"}";
        NotebookDocument notebook = NotebookDocument.Parse($"{{\"cells\": [{Cell}, {Cell}], \"nbformat\": 4}}", "x");
        notebook.Insert(1, "raw", "mine", "");

        Assert.Equal(3, notebook.Cells.Select(cell => cell.Id).Distinct().Count());
        Assert.Equal("mine", notebook.Cells[1].Id);
    }
}
