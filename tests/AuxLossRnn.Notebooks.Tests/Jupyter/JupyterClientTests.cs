using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Jupyter;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

/// <summary>Jupyter's own client talks to a kernel in a process of its own; the cases are in client.py.</summary>
[Trait("Category", "Jupyter")]
public sealed class JupyterClientTests
{
    [Theory]
    [InlineData("kernel_info")]
    [InlineData("results_and_streams")]
    [InlineData("silent")]
    [InlineData("errors")]
    [InlineData("user_expressions")]
    [InlineData("deaf")]
    [InlineData("responsive")]
    [InlineData("aborted")]
    [InlineData("restart")]
    [InlineData("successor")]
    [InlineData("shutdown")]
    [InlineData("editing")]
    [InlineData("prepared")]
    [InlineData("history")]
    [InlineData("update_display")]
    [InlineData("comms")]
    [InlineData("odd_requests")]
    [InlineData("no_input")]
    [InlineData("many")]
    [InlineData("flood")]
    public void A_client_is_served(string name) => Run(name);

    [Fact]
    public void A_client_and_a_signal_stop_a_cell_and_its_state_is_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals that one process can send to another.");
        Run("interrupt");
    }

    [Fact]
    public void The_kernel_listens_where_it_was_told_and_nowhere_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open sockets are read as Linux tells them.");
        Run("listens");
    }

    [Fact]
    public void The_kernel_ends_when_its_client_is_gone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows' client gives the kernel a handle, which is not looked at.");
        string python = JupyterInstallation.Python();
        using JupyterFolder folder = WithTestKernel();

        // The kernel has the client's streams, so they end when the kernel does.
        string error = folder.RunPython(python, folder.Unpack("client.py"), "orphan").Error;

        Assert.Contains("the client that started it is gone", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_a_wrong_signature_is_dropped_and_said_so() =>
        Assert.Contains("dropped a message: its signature is wrong", Run("wrong_signature").Error, StringComparison.Ordinal);

    [Fact]
    public void A_notebook_is_run_by_nbconvert()
    {
        string python = JupyterInstallation.PythonWithConverter();
        using JupyterFolder folder = WithTestKernel();
        string notebook = folder.Unpack("cells.ipynb");

        folder.RunPython(python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", notebook);

        JsonArray cells = JsonNode.Parse(File.ReadAllText(notebook))!["cells"]!.AsArray();
        Assert.Equal("printed\n", Text(cells[1]!["outputs"]![0]!["text"]));
        Assert.Equal("kept", Text(cells[2]!["outputs"]![0]!["data"]!["text/plain"]));
        Assert.Equal(2, (int)cells[2]!["execution_count"]!);
        // A display's new look takes the old one's place.
        Assert.Equal("new", Text(cells[3]!["outputs"]![0]!["data"]!["text/plain"]));
    }

    private static string Text(JsonNode? text) => text is JsonArray lines ? string.Concat(lines.Select(line => (string)line!)) : (string)text!;

    private static JupyterFolder WithTestKernel()
    {
        var folder = new JupyterFolder();
        KernelSpec.Install(folder.Kernels, [ChildProcess.Beside("AuxLossRnn.Notebooks.TestKernel")], force: false);
        return folder;
    }

    private static (string Output, string Error) Run(string name)
    {
        string python = JupyterInstallation.Python();
        using JupyterFolder folder = WithTestKernel();
        return folder.RunPython(python, folder.Unpack("client.py"), name);
    }
}
