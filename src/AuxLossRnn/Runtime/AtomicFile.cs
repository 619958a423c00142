using System.Text.RegularExpressions;

namespace AuxLossRnn.Runtime;

/// <summary>Files that are complete or absent: written under a temporary name, flushed, then renamed.</summary>
public static partial class AtomicFile
{
    /// <summary>What is said of a full disk, and what to do.</summary>
    public const string FullDisk = "disk is full. What was written before is kept: free some space and do the same again.";

    /// <summary>Writes a file, replacing what was there only when all of it is on disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The folder is missing, full or not to be written to; nothing half-written stays behind.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = UserPath.Expand(path);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is string folder && !Directory.Exists(folder))
        {
            throw new IOException($"{path} cannot be written: there is no folder {folder}. Make it, or name another file.");
        }

        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new IOException($"{path} cannot be written: this user may not. Choose another place, or change who may write there.", failure);
        }
        catch (IOException failure) when (IsOfFullDisk(failure))
        {
            throw new IOException($"{path} cannot be written: its {FullDisk}", failure);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a text file in UTF-8, ending with a newline.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The content.</param>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text.EndsWith('\n') ? text : text + "\n")));

    /// <summary>Whether writing failed because the disk, or the user's share of it, is full.</summary>
    /// <param name="failure">What was thrown.</param>
    public static bool IsOfFullDisk(IOException failure) => OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) is 39 or 112 // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
        : failure.HResult is 28 || failure.HResult == (OperatingSystem.IsMacOS() ? 69 : 122); // ENOSPC, EDQUOT

    /// <summary>Deletes what killed processes left half-written in a folder, and nothing else.</summary>
    /// <param name="folder">The folder; not those in it.</param>
    public static void DeleteLeftovers(string folder)
    {
        foreach (string leftover in Directory.EnumerateFiles(folder, "*.tmp").Where(path => Temporary().IsMatch(path)))
        {
            File.Delete(leftover);
        }
    }

    [GeneratedRegex(@"\.\d+\.[0-9a-f]{32}\.tmp$")]
    private static partial Regex Temporary();
}
