using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Notebooks.Tests.Jupyter;

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

    /// <summary>Copies one of the kit's notebooks there, with the smoke budget and this build of the library.</summary>
    /// <returns>The copy.</returns>
    internal static string CopyNotebook(JupyterFolder folder, string name)
    {
        NotebookDocument notebook = NotebookDocument.Read(Path.Combine(Checkout.Notebooks, name));
        NotebookParameters.Inject(notebook, new Dictionary<string, string> { ["budget"] = "smoke" });
        foreach (NotebookCell cell in notebook.Cells)
        {
            cell.Source = cell.Source.Replace("../src/AuxLossRnn/bin/Release/net10.0/", AppContext.BaseDirectory.Replace('\\', '/'), StringComparison.Ordinal);
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
}
