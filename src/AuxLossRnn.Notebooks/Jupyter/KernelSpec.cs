using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>The folder by which Jupyter knows the kernel and how to start it.</summary>
public static class KernelSpec
{
    /// <summary>The kernel's name: notebooks that were written for another C# kernel of this name find this one.</summary>
    public const string Name = ".net-csharp";

    internal const string Language = "C#";

    // Written into the file, so that only a kernelspec of our own is replaced or taken away.
    private const string Maker = "auxloss";

    // What JupyterLab's launcher shows; without one it shows the display name's first character, a point.
    private const string Logo = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
          <rect width="64" height="64" rx="12" fill="#512bd4"/>
          <text x="32" y="43" font-family="sans-serif" font-size="32" font-weight="bold" text-anchor="middle" fill="white">C#</text>
        </svg>

        """;

    /// <summary>The folder of a user's kernels, or of those below a prefix.</summary>
    /// <param name="prefix">The prefix, such as a Python environment; null for the user's own.</param>
    public static string KernelsFolder(string? prefix) => Path.GetFullPath(prefix is null
        ? Path.Combine(DataFolder(Environment.GetEnvironmentVariable), "kernels")
        : Path.Combine(UserPath.Expand(prefix), "share", "jupyter", "kernels"));

    /// <summary>Writes the kernelspec, over an earlier one of our own.</summary>
    /// <param name="kernelsFolder">The folder of all kernels; made where missing.</param>
    /// <param name="program">What starts the kernel: a program and the arguments that go before the connection file.</param>
    /// <param name="force">Whether another maker's kernelspec of the same name is replaced.</param>
    /// <returns>The kernelspec's folder.</returns>
    /// <exception cref="UserException">Another maker's kernelspec is there, or the folder cannot be written.</exception>
    public static string Install(string kernelsFolder, IReadOnlyList<string> program, bool force)
    {
        string folder = Path.Combine(kernelsFolder, Name);
        string file = FileIn(folder);
        if (File.Exists(file) && !IsOurs(file) && !force)
        {
            throw new UserException($"{file} is another program's kernel of the same name. Replace it with --force, or choose another place with --prefix.");
        }

        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([.. program.Append("{connection_file}").Select(part => JsonValue.Create(part))]),
            ["display_name"] = ".NET (C#)",
            ["language"] = Language,
            ["interrupt_mode"] = "message",
            ["metadata"] = new JsonObject { ["maker"] = Maker },
        };
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.WriteText(LogoIn(folder), Logo);
            AtomicFile.WriteText(file, spec.ToJsonString(KitJson.Indented));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file} could not be written: {problem.Message} Choose a folder that you may write to with --prefix.", problem);
        }

        return folder;
    }

    /// <summary>Takes our kernelspec away; files that others put beside it stay.</summary>
    /// <param name="kernelsFolder">The folder of all kernels.</param>
    /// <returns>The kernelspec's folder; null where there was none.</returns>
    /// <exception cref="UserException">The kernelspec is another maker's, or cannot be removed.</exception>
    public static string? Uninstall(string kernelsFolder)
    {
        string folder = Path.Combine(kernelsFolder, Name);
        string file = FileIn(folder);
        if (!File.Exists(file))
        {
            return null;
        }

        if (!IsOurs(file))
        {
            throw new UserException($"{file} is another program's kernel. Take it away with that program.");
        }

        try
        {
            File.Delete(file);
            File.Delete(LogoIn(folder));
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file} could not be taken away: {problem.Message} Change the folder's rights.", problem);
        }

        return folder;
    }

    /// <summary>How the running program is started once more.</summary>
    public static IReadOnlyList<string> RunningProgram()
    {
        string process = Environment.ProcessPath!;
        // Started as `dotnet auxloss.dll`, the process is dotnet's.
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? [process, Assembly.GetEntryAssembly()!.Location]
            : [process];
    }

    /// <summary>Jupyter's data folder, by the rules of <c>jupyter --paths</c>.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    internal static string DataFolder(Func<string, string?> variable)
    {
        if (variable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen)
        {
            return chosen;
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        }

        if (OperatingSystem.IsMacOS())
        {
            return Path.Combine(home, "Library", "Jupyter");
        }

        string data = variable("XDG_DATA_HOME") is { Length: > 0 } given ? given : Path.Combine(home, ".local", "share");
        return Path.Combine(data, "jupyter");
    }

    private static string FileIn(string folder) => Path.Combine(folder, "kernel.json");

    private static string LogoIn(string folder) => Path.Combine(folder, "logo-svg.svg");

    private static bool IsOurs(string file)
    {
        try
        {
            return (string?)JsonNode.Parse(File.ReadAllText(file))?["metadata"]?["maker"] == Maker;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
