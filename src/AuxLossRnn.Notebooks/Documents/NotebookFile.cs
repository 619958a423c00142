using System.Formats.Tar;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>The file that a notebook is written to.</summary>
public static class NotebookFile
{
    /// <summary>Makes sure that a notebook may stand there: in a file or in none, not in a folder or in place of a device.</summary>
    /// <param name="path">Where the notebook is to go.</param>
    /// <returns>The full path, behind all links: a new file takes the place of the old one, not of a link to it.</returns>
    /// <exception cref="UserException">Something else is there.</exception>
    public static string Require(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new UserException("The notebook to write has an empty name. Give the name of a file, such as notebook.ipynb.");
        }

        string full = UserPath.Full(path);
        if (Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
        {
            throw new UserException($"{path} is a folder, and a notebook is a file: name one in it, such as {Path.Combine(path, "notebook.ipynb")}.");
        }

        try
        {
            string file = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
            return IsDevice(file)
                ? throw new UserException($"{path} is a device or a pipe, which a notebook would take the place of: name a file.")
                : file;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path} is no place for a notebook: {problem.Message} Name another file.", problem);
        }
    }

    private static bool IsDevice(string file)
    {
        // What is not a regular file has no length. An archive's writer is what tells of the framework's what it is.
        if (OperatingSystem.IsWindows() || !File.Exists(file) || new FileInfo(file).Length > 0)
        {
            return false;
        }

        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, leaveOpen: true))
        {
            writer.WriteEntry(file, "file");
        }

        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()!.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile);
    }
}
