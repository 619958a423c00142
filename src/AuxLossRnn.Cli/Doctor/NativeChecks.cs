using System.Reflection;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using TorchSharp;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>The part of a <see cref="SystemReport"/> on libtorch, TorchSharp and how they were loaded.</summary>
internal static class NativeChecks
{
    private const string Group = "Native libraries";

    internal static IEnumerable<SystemCheck> All(NativeLoadReport report)
    {
        yield return new SystemCheck(Group, "TorchSharp", TorchSharpVersion);
        yield return new SystemCheck(Group, "torch backend", Devices.Backend);
        yield return Folder(report);
        if (OperatingSystem.IsLinux())
        {
            yield return new SystemCheck(Group, "libstdc++", LoadedLibraries.DescribeLibStdCpp());
        }

        yield return Loading(report);
        yield return Pictures();
    }

    private static string TorchSharpVersion => typeof(torch).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static SystemCheck Folder(NativeLoadReport report)
    {
        if (report.Folder is not { } folder)
        {
            return new SystemCheck(Group, "folder", "found by TorchSharp itself");
        }

        FileInfo[] files = [.. new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => file.Name.Contains(".so") || file.Extension is ".dll" or ".dylib")];
        double mebibytes = files.Sum(file => file.Length) / (double)(1 << 20);
        return new SystemCheck(Group, "folder", $"{folder} ({files.Length} files, {mebibytes:0} MiB)");
    }

    private static SystemCheck Pictures()
    {
        try
        {
            return new SystemCheck(Group, "pictures", $"SkiaSharp {ImageFile.Require()}");
        }
        catch (UserException failure)
        {
            return new SystemCheck(Group, "pictures", failure.Message, CheckState.Wrong, "Everything else works without it.");
        }
    }

    internal static SystemCheck Loading(NativeLoadReport report) => report switch
    {
        { Failure: { } failure } => new SystemCheck(
            Group, "loading", failure, CheckState.Wrong, $"Without its native libraries the kit computes nothing. {report.Cure}".TrimEnd()),
        { WeakenedVersion: { } version } => new SystemCheck(Group, "loading", $"a copy that does not insist on {version}",
            CheckState.Note,
            "This system's libstdc++ is older than the one TorchSharp was linked with. The kit loaded a copy of "
            + $"TorchSharp's library, {report.TorchSharpLibrary}, with that demand made weak; nothing needs to be done."),
        _ => new SystemCheck(Group, "loading", "the files as they were delivered"),
    };
}
