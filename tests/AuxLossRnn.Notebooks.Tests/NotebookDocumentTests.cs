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
        var output = new OutputCollector(cell.Outputs, 7, new Dictionary<string, IList<System.Text.Json.Nodes.JsonObject>>());
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
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"cells\": [], \"nbformat\": 3}")]
    [InlineData("{\"cells\": [1], \"nbformat\": 4}")]
    public void What_is_no_notebook_is_refused_by_name(string json) =>
        Assert.Contains("my.ipynb", Assert.Throws<UserException>(() => NotebookDocument.Parse(json, "my.ipynb")).Message, StringComparison.Ordinal);
}
