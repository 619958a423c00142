using System.Text;
using System.Text.RegularExpressions;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>What the loader has mapped into this process (Linux).</summary>
internal static partial class LoadedLibraries
{
    /// <summary>The file of the libstdc++ in use and the newest symbol version that it offers.</summary>
    internal static string DescribeLibStdCpp()
    {
        try
        {
            // address perms offset device inode path
            string? path = File.ReadLines("/proc/self/maps")
                .Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
                .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libstdc++.so", StringComparison.Ordinal));
            return path is null ? "not loaded" : $"{path}, offers up to GLIBCXX_3.4.{NewestVersion(File.ReadAllBytes(path))}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"not found out: {failure.Message}";
        }
    }

    private static int NewestVersion(byte[] library) => VersionName().Matches(Encoding.Latin1.GetString(library))
        .Select(match => int.Parse(match.Groups[1].ValueSpan)).DefaultIfEmpty(0).Max();

    [GeneratedRegex(@"GLIBCXX_3\.4\.(\d{1,3})\0")]
    private static partial Regex VersionName();
}
