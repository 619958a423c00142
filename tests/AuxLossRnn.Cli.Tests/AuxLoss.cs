using System.Diagnostics;
using System.Text;

namespace AuxLossRnn.Cli.Tests;

/// <summary>The command line as a process of its own. What goes wrong shows with all that it wrote.</summary>
internal sealed class AuxLoss : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private AuxLoss(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        // Both at once: a process that fills the pipe nobody reads would wait for ever.
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    internal int ProcessId => _process.Id;

    /// <summary>Runs to the end in an empty working folder.</summary>
    internal static CommandResult Run(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return RunIn(folder.Path, arguments);
    }

    /// <summary>Runs to the end.</summary>
    internal static CommandResult RunIn(string workingFolder, params string[] arguments)
    {
        using AuxLoss process = Start(workingFolder, arguments);
        return process.Wait();
    }

    /// <summary>Runs to the end with these variables.</summary>
    internal static CommandResult RunWith((string Name, string Value)[] environment, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using AuxLoss process = StartProgram("auxloss", folder.Path, arguments, environment: environment);
        return process.Wait();
    }

    /// <summary>Runs to the end with a search path on which there is nothing.</summary>
    internal static CommandResult RunWithoutPath(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using AuxLoss process = StartProgram("auxloss", folder.Path, arguments, environment: ("PATH", folder.Path));
        return process.Wait();
    }

    /// <summary>Runs to the end with a standard input that stays open as long, as one that a parent holds.</summary>
    internal static CommandResult RunUnderParent(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using AuxLoss process = StartProgram("auxloss", folder.Path, arguments, holdsInput: true);
        return process.Wait();
    }

    /// <summary>Runs the benchmarks to the end.</summary>
    internal static CommandResult RunBenchmarks(string workingFolder, params string[] arguments)
    {
        using AuxLoss process = StartProgram("AuxLossRnn.Benchmarks", workingFolder, arguments);
        return process.Wait();
    }

    /// <summary>Starts without waiting.</summary>
    internal static AuxLoss Start(string workingFolder, params string[] arguments) => StartProgram("auxloss", workingFolder, arguments);

    private static AuxLoss StartProgram(
        string name, string workingFolder, string[] arguments, bool holdsInput = false, params (string Name, string Value)[] environment)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? name + ".exe" : name);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = holdsInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // What the tests' own environment says of data and memory is not part of a test.
        start.Environment.Remove("AUXLOSSRNN_DATA");
        start.Environment.Remove("GLIBC_TUNABLES");
        foreach ((string variable, string value) in environment)
        {
            start.Environment[variable] = value;
        }

        return new AuxLoss(start);
    }

    /// <summary>Watches a file grow.</summary>
    /// <returns>False if the process ended before the file had as many lines.</returns>
    internal bool WaitForLines(string path, int count)
    {
        while (CountLines(path) < count)
        {
            if (_process.WaitForExit(1))
            {
                return false;
            }

            if (_watch.Elapsed > Limit)
            {
                Fail($"{path} has not got {count} lines");
            }
        }

        return !_process.HasExited;
    }

    /// <summary>Ends the process as nothing can prevent: SIGKILL.</summary>
    internal void Kill() => _process.Kill();

    /// <summary>Waits for the end.</summary>
    internal CommandResult Wait()
    {
        if (!_process.WaitForExit(Limit))
        {
            Fail("The process has not ended");
        }

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

    private static int CountLines(string path)
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
