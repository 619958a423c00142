using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli.Tests;

/// <summary>The processes that a process has started, as Linux lists them.</summary>
internal static class ChildProcesses
{
    /// <summary>SIGUSR1, which ends a process that does not wait for it.</summary>
    internal const int UserSignal = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Waits for the first child of a process, until that is a program of its own and computes.</summary>
    internal static Process First(int parent)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Limit)
        {
            foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[^1])))
            {
                if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) && ParentOf(id) == parent
                    && Text($"{folder}/cmdline").Contains("\0step\0", StringComparison.Ordinal))
                {
                    return Process.GetProcessById(id);
                }
            }

            Thread.Sleep(20);
        }

        throw new TimeoutException($"Process {parent} has started none within {Limit}.");
    }

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
