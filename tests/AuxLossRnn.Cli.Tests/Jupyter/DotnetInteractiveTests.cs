using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Documents;

namespace AuxLossRnn.Cli.Tests.Jupyter;

/// <summary>The kit's notebooks in the host that they were first meant for: .NET Interactive's last version, driven by nbconvert.</summary>
[Trait("Category", "Jupyter")]
public sealed class DotnetInteractiveTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Those that use most of a host: a live view, and a loss that is written in cells.</summary>
    public static TheoryData<string> Always => ["00-quickstart.ipynb", "10-your-own-loss.ipynb"];

    public static TheoryData<string> Others => [.. Names(KitNotebooksTests.Notebooks).Except(Names(Always))];

    [Theory]
    [MemberData(nameof(Always))]
    public void A_notebook_runs_in_dotnet_interactive(string name) => RunsToItsLastClaim(name);

    /// <summary>Ten seconds each: only when asked for, with <c>--explicit</c>.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Others))]
    public void Every_other_notebook_runs_in_dotnet_interactive(string name) => RunsToItsLastClaim(name);

    private static IEnumerable<string> Names(TheoryData<string> rows) => rows.Select(row => row.Data);

    private static void RunsToItsLastClaim(string name)
    {
        string tool = Tool();
        string python = JupyterInstallation.PythonWithConverter();
        using JupyterFolder folder = new();
        // As the notebook says it: the library as it is built, without the files of this test beside it.
        string notebook = InstalledKernel.CopyNotebook(folder, name, Checkout.Library);

        Run(folder, tool, python, notebook);

        NotebookCell[] cells = [.. NotebookDocument.Read(notebook).Cells.Where(cell => cell.IsCode)];
        Assert.Equal(Enumerable.Range(1, cells.Length), cells.Select(cell => cell.ExecutionCount!.Value));
        string outputs = string.Concat(cells.Select(cell => cell.Outputs.ToJsonString()));
        // Under Jupyter it shares nothing with JavaScript; a cell that does is tagged, and the notebook goes on.
        Assert.All(cells.Where(cell => cell.Outputs.ToJsonString().Contains("\"output_type\":\"error\"", StringComparison.Ordinal)), cell =>
        {
            Assert.Contains("raises-exception", cell.Tags);
            Assert.Contains("No handler registered on kernel javascript for command: Directive: #!share", cell.Outputs.ToJsonString(Plain), StringComparison.Ordinal);
        });
        Assert.Contains("holds: ", cells[^1].Outputs.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("plotly.newPlot", outputs, StringComparison.Ordinal);
        // Rich output, not what a type without a formatter becomes; a live view is one display, updated in place to its end.
        Assert.DoesNotContain("AuxLossRnn.Figures.Figure", outputs, StringComparison.Ordinal);
        Assert.All(cells.Where(cell => cell.Source.Contains("LiveTrainingView", StringComparison.Ordinal)), cell =>
        {
            if (!cell.Source.Contains("foreach", StringComparison.Ordinal))
            {
                Assert.Equal(["display_data", "execute_result"], cell.Outputs.Select(output => (string?)output!["output_type"]));
            }

            Assert.All(cell.Outputs.Where(output => (string?)output!["output_type"] == "display_data"), output =>
                Assert.Contains("finished after", output!["data"]!["text/html"]!.ToJsonString(), StringComparison.Ordinal));
        });
    }

    [Fact]
    public void A_data_frame_is_a_table()
    {
        string tool = Tool();
        string python = JupyterInstallation.PythonWithConverter();
        using JupyterFolder folder = new();
        string notebook = Path.Combine(folder.Path, "frame.ipynb");
        var cell = new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = "frame",
            ["metadata"] = new JsonObject(),
            ["outputs"] = new JsonArray(),
            ["source"] = $"""
                #r "{Checkout.Library.Replace('\\', '/')}/AuxLossRnn.Experiments.dll"
                #r "{Checkout.Library.Replace('\\', '/')}/Microsoft.Data.Analysis.dll"
                AuxLossRnn.Experiments.ResultTables.Published().Head(2)
                """,
        };
        File.WriteAllText(notebook, new JsonObject
        {
            ["cells"] = new JsonArray(cell),
            ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["display_name"] = ".NET (C#)", ["name"] = ".net-csharp" } },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        }.ToJsonString());

        Run(folder, tool, python, notebook);

        JsonNode shown = NotebookDocument.Read(notebook).Cells[0].Outputs.Single(output => (string?)output!["output_type"] == "execute_result")!;
        Assert.StartsWith("[\"<table class=", shown["data"]!["text/html"]!.ToJsonString(Plain), StringComparison.Ordinal);
    }

    private static void Run(JupyterFolder folder, string tool, string python, string notebook)
    {
        string kernel = Directory.CreateDirectory(Path.Combine(folder.Kernels, ".net-csharp")).FullName;
        File.WriteAllText(Path.Combine(kernel, "kernel.json"), new JsonObject
        {
            ["argv"] = new JsonArray(tool, "jupyter", "--default-kernel", "csharp", "{connection_file}"),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
            ["env"] = new JsonObject { ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1" },
        }.ToJsonString());
        folder.RunPython(python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", notebook);
    }

    private static string Tool()
    {
        string file = "dotnet-interactive" + (OperatingSystem.IsWindows() ? ".exe" : "");
        string own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "tools"); // where global tools go
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append(own)
            .Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, ".NET Interactive is not installed here (dotnet tool install --global Microsoft.dotnet-interactive).");
        return found!;
    }
}
