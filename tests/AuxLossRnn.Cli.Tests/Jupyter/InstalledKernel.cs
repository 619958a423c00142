using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Runner;

namespace AuxLossRnn.Cli.Tests.Jupyter;

/// <summary>The kernel as a user has it: <c>auxloss kernel install</c>, in a folder that is all Jupyter knows.</summary>
internal static class InstalledKernel
{
    internal static JupyterFolder Folder()
    {
        var folder = new JupyterFolder();
        AuxLoss.RunIn(folder.Path, "kernel", "install", "--prefix", folder.Prefix).ShouldExitWith(0);
        return folder;
    }

    /// <summary>Copies one of the kit's notebooks there, with the smoke budget and absolute paths in place of those beside the notebook.</summary>
    /// <param name="folder">Where it goes; runs that are kept between sessions go there too.</param>
    /// <param name="name">The notebook.</param>
    /// <param name="library">The folder of the libraries; null for that of this test.</param>
    /// <returns>The copy.</returns>
    internal static string CopyNotebook(JupyterFolder folder, string name, string? library = null)
    {
        NotebookDocument notebook = NotebookDocument.Read(Path.Combine(Checkout.Notebooks, name));
        var values = new Dictionary<string, string> { ["budget"] = "smoke" };
        if (notebook.Cells.Any(cell => cell.IsCode && cell.Source.Contains("string kept = ", StringComparison.Ordinal)))
        {
            values["kept"] = Path.Combine(folder.Path, "runs");
        }

        NotebookParameters.Inject(notebook, values);
        foreach (NotebookCell cell in notebook.Cells)
        {
            cell.Source = cell.Source
                .Replace("../src/AuxLossRnn.Experiments/bin/Release/net10.0/", Address(library ?? AppContext.BaseDirectory), StringComparison.Ordinal)
                .Replace("\"../data/", "\"" + Address(Path.Combine(Checkout.Folder, "data")), StringComparison.Ordinal);
            if (cell.IsCode)
            {
                cell.Outputs.Clear();
                cell.ExecutionCount = null;
            }
        }

        string copy = Path.Combine(folder.Path, name);
        notebook.Write(copy);
        return copy;
    }

    private static string Address(string folder) => folder.Replace('\\', '/').TrimEnd('/') + "/";
}
