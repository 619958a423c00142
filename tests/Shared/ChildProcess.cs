using System.Diagnostics;

namespace AuxLossRnn.Tests;

/// <summary>A program as a process of its own. What goes wrong shows with all that it wrote.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Starts it.</summary>
    /// <param name="start">The program; its output is read here.</param>
    internal ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        // Both at once: a process that fills the pipe nobody reads would wait for ever.
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal int Id => _process.Id;

    /// <summary>The path of a program that was built with the tests and lies beside them.</summary>
    internal static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    /// <summary>Watches a file grow.</summary>
    /// <returns>False if the process ended before the file had as many lines.</returns>
    internal bool WaitForLines(string path, int count) => WaitUntil(() => CountLines(path) >= count);

    /// <summary>Ends the process as nothing can prevent: SIGKILL.</summary>
    /// <param name="withChildren">Whether its children end so too.</param>
    internal void Kill(bool withChildren = false) => _process.Kill(withChildren);

    /// <summary>Watches for something.</summary>
    /// <returns>False if the process ended before it came to hold.</returns>
    internal bool WaitUntil(Func<bool> holds)
    {
        while (!holds())
        {
            if (_process.WaitForExit(1))
            {
                return false;
            }

            if (_watch.Elapsed > Limit)
            {
                Fail("What is waited for has not come to hold");
            }
        }

        return !_process.HasExited;
    }

    /// <summary>Waits for the end.</summary>
    internal CommandResult Wait()
    {
        if (!_process.WaitForExit(Limit))
        {
            Fail("The process has not ended");
        }

        // Whatever it started writes to the same streams.
        Assert.True(Task.WaitAll([_output, _error], Limit), $"The process has ended, one that it started has not, {Limit} later.");
        return new CommandResult(_process.ExitCode, Ended(_output), Ended(_error));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Fail(string reason)
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        Assert.Fail($"{reason} after {Limit}. It wrote:\n{Ended(_output)}\n{Ended(_error)}");
    }

    private static string Ended(Task<string> text) => text.GetAwaiter().GetResult();

    /// <summary>The lines of a file that another process may write; 0 where there is none.</summary>
    internal static int CountLines(string path)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Count(character => character == '\n');
    }
}
