using System.Text.RegularExpressions;

namespace AuxLossRnn.Runtime.Native;

/// <summary>What to do where a native library does not load, by what Linux's loader says.</summary>
public static partial class NativeCure
{
    internal const string SearchPath = "LD_LIBRARY_PATH";

    /// <summary>What to do, in sentences.</summary>
    /// <param name="reason">The loader's words, with the file that it names.</param>
    /// <param name="searchPath">The value of LD_LIBRARY_PATH; null for none.</param>
    public static string For(string reason, string? searchPath)
    {
        // The last file that stands before a colon is the one that the loader blames; a missing one is named without a folder.
        string file = BlamedFile().Matches(reason).LastOrDefault()?.Groups[1].Value ?? "";
        string name = Path.GetFileName(file);
        bool isOurs = Ours().IsMatch(name);
        string? folder = (searchPath ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(folder => Path.IsPathFullyQualified(file) && Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) == Path.GetDirectoryName(Path.GetFullPath(file)));
        return folder is not null
                ? $"The loader took {name} from there because {SearchPath} names that folder. Take {folder} out of {SearchPath}, or unset it."
            : reason.Contains("' not found", StringComparison.Ordinal)
                ? $"This system's {name} is older than libtorch asks for. Use a newer system, or one whose {name} is newer."
            : reason.Contains("Permission denied", StringComparison.Ordinal) || reason.Contains("failed to map", StringComparison.Ordinal)
                ? "Make the file readable, and see that its file system lets files be executed (no noexec)."
            : isOurs && !File.Exists(file)
                ? "Run `dotnet restore` and build again, so that every file of the packages is there."
            : isOurs
                ? "The file is damaged. Delete it, and its package in NuGet's folder, to whose files the build makes links (~/.nuget/packages, "
                + "or where NUGET_PACKAGES says); then restore and build again."
            : "If the loader misses a library of the system, install it (libstdc++6 on Debian and Ubuntu); a Linux without glibc, such as Alpine, "
                + "cannot load libtorch.";
    }

    /// <summary>The loader's own line, out of .NET's message with its advice on environment variables around it.</summary>
    /// <param name="message">What .NET says where a library does not load.</param>
    public static string LoaderReason(string message) =>
        message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.StartsWith('/') || line.StartsWith("lib", StringComparison.Ordinal)) ?? message;

    [GeneratedRegex(@"(?:^|[\s:])((?:/[^:]*/)?lib[^/:\s]+\.(?:so|dll|dylib)[^/:\s]*)(?=:| is | could )")]
    private static partial Regex BlamedFile();

    [GeneratedRegex(@"^lib(c10|torch|gomp-|LibTorchSharp|SkiaSharp)")]
    private static partial Regex Ours();
}
