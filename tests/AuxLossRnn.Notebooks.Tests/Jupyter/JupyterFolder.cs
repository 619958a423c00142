using System.Diagnostics;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

/// <summary>A folder that is all Jupyter knows, without a kernel at first.</summary>
internal sealed class JupyterFolder : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    internal string Path { get; } = Directory.CreateTempSubdirectory("auxlossrnn-jupyter-test-").FullName;

    /// <summary>The folder of the kernels.</summary>
    internal string Kernels => System.IO.Path.Combine(Prefix, "share", "jupyter", "kernels");

    /// <summary>The prefix that kernels are installed below.</summary>
    internal string Prefix => System.IO.Path.Combine(Path, "env");

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
        using Process process = StartPython(python, arguments);
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

    /// <summary>Starts Python with this folder in place of the user's settings. Its streams are to be read.</summary>
    internal Process StartPython(string python, params string[] arguments)
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

        start.Environment["JUPYTER_PATH"] = System.IO.Path.Combine(Prefix, "share", "jupyter");
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
