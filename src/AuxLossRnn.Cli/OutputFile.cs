using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli;

/// <summary>A file that a command is to write in the end.</summary>
public static class OutputFile
{
    /// <summary>Makes sure that it can be written before any work is done for it.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="makeFolder">Whether to make its folder if that is missing.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="UserException">There is no such folder, the file is itself a folder, or nothing can be written there.</exception>
    public static string? Require(string? path, bool makeFolder = false)
    {
        if (path is null)
        {
            return null;
        }

        if (path.Length == 0)
        {
            throw new UserException("The file to write has an empty name. Give the name of a file.");
        }

        string full = UserPath.Full(path);
        if (Directory.Exists(full))
        {
            throw new UserException($"{full} cannot be written: it is a folder. Give the name of a file, such as one in it.");
        }

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
