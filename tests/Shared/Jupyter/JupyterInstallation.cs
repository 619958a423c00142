using System.ComponentModel;
using System.Diagnostics;

namespace AuxLossRnn.Tests;

/// <summary>The Python on this machine that has Jupyter's client.</summary>
internal static class JupyterInstallation
{
    // A Python of one's own often comes before the system's, which has the packages of the distribution.
    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3"];

    private static readonly Lazy<string?> FoundPython = new(() => Interpreters.FirstOrDefault(python => Has(python, "jupyter_client")));

    private static readonly Lazy<bool> FoundConverter = new(() => FoundPython.Value is { } python && Has(python, "nbconvert"));

    // From version 7 on, Notebook is another program.
    private static readonly Lazy<bool> FoundNotebook = new(() => FoundPython.Value is { } python && Has(python, "notebook.notebookapp"));

    /// <summary>The interpreter. The test is skipped where there is none.</summary>
    internal static string Python()
    {
        Assert.SkipWhen(FoundPython.Value is null, "No Python 3 here can import jupyter_client (Debian: apt-get install jupyter-client).");
        return FoundPython.Value!;
    }

    /// <summary>The interpreter, if it has nbconvert as well. The test is skipped where it has not.</summary>
    internal static string PythonWithConverter()
    {
        string python = Python();
        Assert.SkipUnless(FoundConverter.Value, $"{python} cannot import nbconvert (Debian: apt-get install jupyter-nbconvert).");
        return python;
    }

    /// <summary>The interpreter, if it has the classic Notebook as well. The test is skipped where it has not.</summary>
    internal static string PythonWithNotebook()
    {
        string python = Python();
        Assert.SkipUnless(FoundNotebook.Value, $"{python} cannot import the classic Notebook, version 6 (Debian: apt-get install jupyter-notebook).");
        return python;
    }

    private static bool Has(string python, string module)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {module}"])
            {
                RedirectStandardError = true,
            })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
