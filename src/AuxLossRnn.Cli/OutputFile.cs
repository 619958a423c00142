using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>A file that a command is to write in the end.</summary>
public static class OutputFile
{
    /// <summary>Makes sure that it can be written before any work is done for it.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="makeFolder">Whether to make its folder if that is missing.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="UserException">There is no such folder, or nothing can be written there.</exception>
    public static string? Require(string? path, bool makeFolder = false)
    {
        if (path is null)
        {
            return null;
        }

        string full = Path.GetFullPath(path);
        try
        {
            if (makeFolder)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            }

            AtomicFile.Write($"{full}.probe", _ => { });
            File.Delete($"{full}.probe");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserException(failure.Message.Replace($"{full}.probe", full, StringComparison.Ordinal), failure);
        }

        return full;
    }
}
