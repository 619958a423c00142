using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli.Tests;

/// <summary>The processes that a process has started, as Linux lists them.</summary>
internal static class ChildProcesses
{
    /// <summary>SIGALRM, which ends a process that does not wait for it.</summary>
    internal const int Alarm = 14;

    /// <summary>SIGKILL.</summary>
    internal const int Kill = 9;

    /// <summary>SIGCONT.</summary>
    internal const int Continue = 18;

    /// <summary>SIGSTOP, after which a process stands still.</summary>
    internal const int Stop = 19;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Waits for the first child of a process, until that is a program of its own and computes.</summary>
    internal static Process First(int parent)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Limit)
        {
            foreach ((int id, string arguments) in All().Where(one => ParentOf(one.Id) == parent))
            {
                if (arguments.Contains("\0step\0", StringComparison.Ordinal))
                {
                    return Process.GetProcessById(id);
                }
            }

            Thread.Sleep(20);
        }

        throw new TimeoutException($"Process {parent} has started none within {Limit}.");
    }

    /// <summary>All processes, each with its arguments, zero bytes between and behind them; none for one that has ended.</summary>
    internal static IEnumerable<(int Id, string Arguments)> All() => Directory.EnumerateDirectories("/proc")
        .Select(folder => (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0, Text($"{folder}/cmdline")))
        .Where(one => one.Item1 != 0);

    /// <summary>Whether a process has ended, even if nobody has waited for it.</summary>
    internal static bool HasEnded(int process) => Text($"/proc/{process}/stat") is var status && (status.Length == 0 || status[(status.LastIndexOf(')') + 2)..][0] is 'Z' or 'X');

    /// <summary>Whether a signal was sent to a process that has not taken it yet, such as one that stands still.</summary>
    internal static bool IsPending(int process, int signal) => Text($"/proc/{process}/status").Split('\n')
        .Where(line => line.StartsWith("ShdPnd:", StringComparison.Ordinal))
        .Any(line => (long.Parse(line["ShdPnd:".Length..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (signal - 1) & 1) == 1);

    /// <summary>The process that has started another one.</summary>
    internal static int Parent(int process) => ParentOf(process) ?? throw new InvalidOperationException($"There is no process {process}.");

    /// <summary>Sends a signal to a process that is there.</summary>
    internal static void Tell(int process, int signal) =>
        Assert.True(Send(process, signal) == 0, $"Signal {signal} could not be sent to process {process}: {Marshal.GetLastPInvokeErrorMessage()}");

    /// <summary>Sends a signal.</summary>
    /// <returns>0 if it was sent.</returns>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static extern int Send(int process, int signal);

    // "id (name) state parent …", where a name may hold blanks.
    private static int? ParentOf(int id)
    {
        string status = Text($"/proc/{id}/stat");
        string[] fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended since
        }
    }
}
