using System.Runtime.InteropServices;

namespace AuxLossRnn.Runtime.Native;

/// <summary>The file from which this process, and each that it starts, reads its input.</summary>
public static partial class StandardInput
{
    private const int Number = 0;
    private const int ReadOnly = 0; // O_RDONLY

    /// <summary>Puts an empty file in its place, on Unix: what waits there is left to the caller's other programs. It cannot be taken back.</summary>
    public static void Empty()
    {
        if (!OperatingSystem.IsWindows() && Open("/dev/null", ReadOnly) is > Number and int nothing)
        {
            _ = Duplicate(nothing, Number);
            _ = Close(nothing);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
