using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli;

/// <summary>Lets libtorch's memory come in pages of 2 MiB, where Linux gives them on request only.</summary>
/// <remarks>
/// A training step frees tens of megabytes that the next one asks for again, and the kernel clears every 4 KiB page of
/// them anew: that took nearly half the time of an LSTM step. glibc asks for large pages if its environment says so when
/// the process starts, so the process replaces itself once, under the same id, with that variable set. Blocks of 2 MiB and
/// more are mapped one by one: kept in glibc's heap, aligned blocks fragment it, and it was seen to grow by gigabytes.
/// </remarks>
public static partial class HugePages
{
    private const string Variable = "GLIBC_TUNABLES";
    private const string Value = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=2097152";
    private const string Setting = "/sys/kernel/mm/transparent_hugepage/enabled";

    /// <summary>Starts this program anew; returns where there is nothing to gain, or the user has chosen.</summary>
    /// <remarks>
    /// For a program's <c>Main</c>, before it touches the kit's library, which loads libtorch: all that is loaded before is
    /// loaded twice. A notebook host is not ours to restart, so the library itself never does it.
    /// </remarks>
    public static void Restart()
    {
        const string commandLine = "/proc/self/cmdline";
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is not null
            || !File.Exists(Setting) || !File.ReadAllText(Setting).Contains("[madvise]", StringComparison.Ordinal))
        {
            return;
        }

        string[] arguments = File.ReadAllText(commandLine).Split('\0')[..^1];
        try
        {
            if (SetEnvironment(Variable, Value, 0) == 0)
            {
                // Comes back only if it fails, and then nothing is lost but speed.
                _ = Replace("/proc/self/exe", [.. arguments, null]);
            }
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }

    // As the library's NativeEnvironment has it, which must not be touched here.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Replace(string path, string?[] arguments);
}
