using System.Diagnostics;
using AuxLossRnn.Notebooks.Jupyter;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

/// <summary>A folder that is all Jupyter knows: the tests' kernel is the only one in it.</summary>
internal sealed class JupyterFolder : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    internal JupyterFolder()
    {
        string program = System.IO.Path.Combine(
            AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "AuxLossRnn.Notebooks.TestKernel.exe" : "AuxLossRnn.Notebooks.TestKernel");
        KernelSpec.Install(System.IO.Path.Combine(Path, "kernels"), [program], force: false);
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("auxlossrnn-jupyter-test-").FullName;

    /// <summary>Writes a file that the tests carry with them.</summary>
    internal string Unpack(string name)
    {
        using Stream resource = typeof(JupyterFolder).Assembly.GetManifestResourceStream(name)!;
        string path = System.IO.Path.Combine(Path, name);
        using FileStream file = File.Create(path);
        resource.CopyTo(file);
        return path;
    }

    /// <summary>Runs Python with this folder in place of the user's settings.</summary>
    /// <returns>What it wrote, and the kernel with it.</returns>
    internal (string Output, string Error) RunPython(string python, params string[] arguments)
    {
        var start = new ProcessStartInfo(python, arguments)
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string variable in (string[])["HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"])
        {
            start.Environment[variable] = Path;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            Assert.Fail($"The client has not ended after {Limit}. It wrote:\n{output.GetAwaiter().GetResult()}\n{error.GetAwaiter().GetResult()}");
        }

        Assert.True(Task.WaitAll([output, error], Limit), $"The client has ended, a kernel of its has not, {Limit} later.");
        (string Output, string Error) wrote = (output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}.\n{wrote.Output}\n{wrote.Error}");
        return wrote;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
