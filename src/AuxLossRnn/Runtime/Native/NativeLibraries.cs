using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AuxLossRnn.Runtime.Native;

/// <summary>Loads libtorch and TorchSharp's native half before TorchSharp looks for them itself.</summary>
/// <remarks>
/// TorchSharp's native library asks for libstdc++ of GCC 13 on account of one symbol that nothing calls, so on systems
/// with an older libstdc++ (Debian 12, Ubuntu 22.04) it does not load and TorchSharp reports, misleadingly, that no
/// torch package is referenced. <see cref="Load"/> then loads a copy whose version need is marked weak; see
/// <see cref="ElfVersionNeed"/>. It runs once, when the assembly is first used.
/// </remarks>
public static partial class NativeLibraries
{
    private const string TorchSharpLibrary = "libLibTorchSharp.so";

    /// <summary>The version of libstdc++ that TorchSharp's native library asks for and does not need.</summary>
    public const string UnneededVersion = "GLIBCXX_3.4.32";

    /// <summary>What <see cref="Load"/> found and did.</summary>
    public static NativeLoadReport Report { get; private set; } = NativeLoadReport.NotLoaded;

    /// <summary>Refuses to compute where the libraries did not load: TorchSharp's own words name another reason.</summary>
    /// <exception cref="UserException">They did not; the message names the file and what to do.</exception>
    public static void Require()
    {
        if (Report.Refusal is string refusal)
        {
            throw new UserException(refusal);
        }
    }

    /// <summary>Loads the native libraries; called by the runtime before any other code of this assembly runs.</summary>
#pragma warning disable CA2255 // A library's module initializer is the point: nothing may touch TorchSharp before it.
    [ModuleInitializer]
    public static void Load()
#pragma warning restore CA2255
    {
        if (Report != NativeLoadReport.NotLoaded)
        {
            return;
        }

        try
        {
            OpenMp.ShortenSpin();
            Report = OperatingSystem.IsLinux() ? LoadOnLinux() : NativeLoadReport.LeftToTorchSharp;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Nobody can catch an exception of a module initializer: keep it for `auxloss doctor`.
            Report = NativeLoadReport.Failed(null, failure.Message);
        }
    }

    private static NativeLoadReport LoadOnLinux()
    {
        string? folder = FindNativeFolder();
        if (folder is null)
        {
            return NativeLoadReport.Failed(null, $"{TorchSharpLibrary} is not below {BaseFolder}");
        }

        // Each before those that need it: what is loaded by its path is found by its soname, which LD_LIBRARY_PATH would come before.
        string[] names = ["libc10.so", .. Directory.EnumerateFiles(folder, "libgomp*.so*").Select(path => Path.GetFileName(path)), "libtorch_cpu.so", "libtorch.so"];
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (TryLoad(File.Exists(path) || Devices.Backend == "cpu" ? path : name) is { } failure)
            {
                return NativeLoadReport.Failed(folder, failure);
            }
        }

        string original = Path.Combine(folder, TorchSharpLibrary);
        string? refusal = TryLoad(original);
        if (refusal is null)
        {
            return new NativeLoadReport(folder, original, null, null);
        }

        byte[] image = File.ReadAllBytes(original);
        string key = Convert.ToHexStringLower(SHA256.HashData(image))[..16];
        try
        {
            if (ElfVersionNeed.MarkWeak(image, UnneededVersion) == 0)
            {
                return NativeLoadReport.Failed(folder, refusal);
            }
        }
        catch (BadImageFormatException)
        {
            return NativeLoadReport.Failed(folder, refusal); // as the loader said
        }

        (string copy, string? copyRefusal) = LoadCopy(image, key);
        return copyRefusal is null
            ? new NativeLoadReport(folder, copy, UnneededVersion, null)
            : NativeLoadReport.Failed(folder, $"{copyRefusal} (a copy of {original})");
    }

    /// <summary>Loads a library; returns null, or the loader's reason for refusing it.</summary>
    private static string? TryLoad(string path)
    {
        try
        {
            NativeLibrary.Load(path);
            return null;
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            return $"{path} could not be loaded: {NativeCure.LoaderReason(failure.Message)}";
        }
    }

    private static string BaseFolder => Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) is { Length: > 0 } folder
        ? folder
        : AppContext.BaseDirectory;

    private static string? FindNativeFolder()
    {
        // A build keeps native files under runtimes/<rid>/native, a publish for one platform beside the program.
        string rid = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        string[] candidates = [Path.Combine(BaseFolder, "runtimes", rid, "native"), BaseFolder, AppContext.BaseDirectory];
        return candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, TorchSharpLibrary)));
    }

    /// <summary>Loads the changed image from the user's cache, where it is written once for each original.</summary>
    private static (string Path, string? Refusal) LoadCopy(byte[] image, string key)
    {
        if (UserCache.Folder is { } root)
        {
            string copy = Path.Combine(root, "native", key, TorchSharpLibrary);
            try
            {
                // Never trust what lies there: another program may have left half a file, or something else.
                if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(image))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    AtomicFile.Write(copy, stream => stream.Write(image));
                }

                if (TryLoad(copy) is null)
                {
                    return (copy, null);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A read-only home: do without the cache.
            }
        }

        // A new folder that only this user can enter: what is loaded from a folder with a known name below /tmp is
        // for whoever made that folder first to choose. The loader keeps the file open, so it can go at once.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("auxlossrnn-");
        try
        {
            string copy = Path.Combine(folder.FullName, TorchSharpLibrary);
            File.WriteAllBytes(copy, image);
            return (copy, TryLoad(copy));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
