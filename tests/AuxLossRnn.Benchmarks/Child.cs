using System.Diagnostics;

namespace AuxLossRnn.Benchmarks;

/// <summary>A process of its own that answers, one line a question.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private bool _isDisposed;

    /// <summary>Starts the benchmarks anew.</summary>
    /// <param name="variables">What to set in its environment.</param>
    public Child(IEnumerable<(string Name, string Value)> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(PathOf("AuxLossRnn.Benchmarks"), [ChildProgram.Argument, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    /// <summary>A program that was built with the benchmarks.</summary>
    public static string PathOf(string name) =>
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>Asks for an answer and waits for it.</summary>
    /// <exception cref="InvalidOperationException">The process ended without one.</exception>
    public string Ask(string question = "")
    {
        _process.StandardInput.WriteLine(question);
        return _process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException("A process of the benchmarks ended without an answer. What it wrote is above.");
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
