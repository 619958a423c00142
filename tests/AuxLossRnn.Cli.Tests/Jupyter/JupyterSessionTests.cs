using AuxLossRnn.Notebooks.Documents;

namespace AuxLossRnn.Cli.Tests.Jupyter;

/// <summary>Jupyter's own client talks to the installed kernel; the cases are in session.py. What the wire carries is tested beside the kernel.</summary>
[Trait("Category", "Jupyter")]
public sealed class JupyterSessionTests
{
    [Theory]
    [InlineData("cells")]
    [InlineData("editing")]
    [InlineData("errors")]
    [InlineData("ending")]
    [InlineData("stopping")]
    [InlineData("many")]
    [InlineData("flood")]
    [InlineData("slow_reader")]
    [InlineData("gone_reader")]
    [InlineData("forged")]
    public void A_client_is_served(string name)
    {
        string python = JupyterInstallation.Python();
        using JupyterFolder folder = InstalledKernel.Folder();
        folder.Unpack("client.py");

        string told = folder.RunPython(python, folder.Unpack("session.py"), name, AppContext.BaseDirectory.Replace('\\', '/')).Output;

        TestContext.Current.TestOutputHelper?.WriteLine(told);
    }

    [Fact]
    public void A_notebook_of_the_kit_is_run_by_nbconvert()
    {
        string python = JupyterInstallation.PythonWithConverter();
        using JupyterFolder folder = InstalledKernel.Folder();
        string notebook = InstalledKernel.CopyNotebook(folder, "00-quickstart.ipynb");

        folder.RunPython(python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", notebook);

        NotebookCell[] cells = [.. NotebookDocument.Read(notebook).Cells.Where(cell => cell.IsCode)];
        Assert.Equal(Enumerable.Range(1, cells.Length), cells.Select(cell => cell.ExecutionCount!.Value));
        Assert.DoesNotContain(cells, cell => cell.Outputs.Any(output => (string?)output!["output_type"] == "error"));
        Assert.Contains("holds: ", cells[^1].Outputs.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("execute_result", (string?)cells[^2].Outputs[0]!["output_type"]);
        Assert.Contains("plotly.newPlot", cells[^2].Outputs[0]!["data"]!["text/html"]!.ToJsonString(), StringComparison.Ordinal);
        // The live view is one display, updated in place to its end.
        NotebookCell training = cells.Single(cell => cell.Id == "lstm");
        Assert.Equal(["display_data", "execute_result"], training.Outputs.Select(output => (string?)output!["output_type"]));
    }
}
