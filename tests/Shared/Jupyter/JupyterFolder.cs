using System.Diagnostics;

namespace AuxLossRnn.Tests;

/// <summary>A folder that is all Jupyter knows, without a kernel at first.</summary>
internal sealed class JupyterFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal string Path => _folder.Path;

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
        using var process = new ChildProcess(Python(python, arguments));
        CommandResult result = process.Wait().ShouldExitWith(0);
        return (result.Output, result.Error);
    }

    /// <summary>Starts Python with this folder in place of the user's settings. Its streams are to be read.</summary>
    internal Process StartPython(string python, params string[] arguments)
    {
        ProcessStartInfo start = Python(python, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    public void Dispose() => _folder.Dispose();

    private ProcessStartInfo Python(string python, string[] arguments)
    {
        var start = new ProcessStartInfo(python, arguments) { WorkingDirectory = Path };
        foreach (string variable in (string[])["HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"])
        {
            start.Environment[variable] = Path;
        }

        start.Environment["JUPYTER_PATH"] = System.IO.Path.Combine(Prefix, "share", "jupyter");
        return start;
    }
}
