using System.Diagnostics;
using System.Text;

namespace AuxLossRnn.Cli.Tests;

/// <summary>The command line as a process of its own.</summary>
internal static class AuxLoss
{
    /// <summary>Runs to the end in an empty working folder.</summary>
    internal static CommandResult Run(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return RunIn(folder.Path, arguments);
    }

    /// <summary>Runs to the end.</summary>
    internal static CommandResult RunIn(string workingFolder, params string[] arguments)
    {
        using ChildProcess process = Start(workingFolder, arguments);
        return process.Wait();
    }

    /// <summary>Runs to the end with these variables.</summary>
    internal static CommandResult RunWith((string Name, string Value)[] environment, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return RunIn(folder.Path, environment, arguments);
    }

    /// <summary>Runs to the end in a folder with a variable.</summary>
    internal static CommandResult RunIn(string workingFolder, (string Name, string Value) variable, params string[] arguments) =>
        RunIn(workingFolder, [variable], arguments);

    /// <summary>Runs to the end in a folder with variables.</summary>
    internal static CommandResult RunIn(string workingFolder, (string Name, string Value)[] variables, params string[] arguments)
    {
        using ChildProcess process = StartProgram("auxloss", workingFolder, arguments, environment: variables);
        return process.Wait();
    }

    /// <summary>Runs to the end with a search path on which there is nothing.</summary>
    internal static CommandResult RunWithoutPath(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        return RunIn(folder.Path, ("PATH", folder.Path), arguments);
    }

    /// <summary>Runs to the end with a standard input that stays open as long, as one that a parent holds.</summary>
    internal static CommandResult RunUnderParent(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        using ChildProcess process = StartProgram("auxloss", folder.Path, arguments, holdsInput: true);
        return process.Wait();
    }

    /// <summary>Runs the benchmarks to the end.</summary>
    internal static CommandResult RunBenchmarks(string workingFolder, params string[] arguments)
    {
        using ChildProcess process = StartProgram("AuxLossRnn.Benchmarks", workingFolder, arguments);
        return process.Wait();
    }

    /// <summary>Starts without waiting.</summary>
    internal static ChildProcess Start(string workingFolder, params string[] arguments) => StartProgram("auxloss", workingFolder, arguments);

    private static ChildProcess StartProgram(
        string name, string workingFolder, string[] arguments, bool holdsInput = false, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(ChildProcess.Beside(name), arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = holdsInput,
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

        return new ChildProcess(start);
    }
}
