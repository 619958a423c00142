using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AuxLossRnn.Runtime;

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
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // Nobody can catch an exception of a module initializer: keep it for `auxloss doctor`.
            Report = new NativeLoadReport(null, null, null, failure.Message);
        }
    }

    private static NativeLoadReport LoadOnLinux()
    {
        string? folder = FindNativeFolder();
        if (folder is null)
        {
            return new NativeLoadReport(null, null, null, $"{TorchSharpLibrary} is not below {BaseFolder}");
        }

        // libtorch_cpu before libtorch: each is found by its soname once it is loaded by its path.
        foreach (string name in new[] { "libtorch_cpu.so", "libtorch.so" })
        {
            string path = Path.Combine(folder, name);
            if (!NativeLibrary.TryLoad(File.Exists(path) ? path : name, out _))
            {
                return new NativeLoadReport(folder, null, null, $"{name} could not be loaded from {folder}");
            }
        }

        string original = Path.Combine(folder, TorchSharpLibrary);
        if (NativeLibrary.TryLoad(original, out _))
        {
            return new NativeLoadReport(folder, original, null, null);
        }

        string copy = WriteCopyWithWeakVersionNeed(original);
        return NativeLibrary.TryLoad(copy, out _)
            ? new NativeLoadReport(folder, copy, UnneededVersion, null)
            : new NativeLoadReport(folder, null, null, $"neither {original} nor {copy} could be loaded");
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

    /// <summary>Writes the copy into the user's cache, once for each content of the original.</summary>
    private static string WriteCopyWithWeakVersionNeed(string original)
    {
        byte[] image = File.ReadAllBytes(original);
        string key = Convert.ToHexStringLower(SHA256.HashData(image))[..16];
        ElfVersionNeed.MarkWeak(image, UnneededVersion);

        foreach (string root in CacheRoots())
        {
            string copy = Path.Combine(root, "auxlossrnn", "native", key, TorchSharpLibrary);
            try
            {
                // Never trust what lies there: another program may have left half a file, or something else.
                if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(image))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    AtomicFile.Write(copy, stream => stream.Write(image));
                }

                return copy;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A read-only home: try the next folder.
            }
        }

        throw new IOException($"no writable folder for the patched {TorchSharpLibrary} among {string.Join(", ", CacheRoots())}");
    }

    private static string[] CacheRoots() =>
    [
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        // Private to this user: what is loaded from a folder that others write to is theirs to choose.
        Path.Combine(Path.GetTempPath(), $"auxlossrnn-{Environment.UserName}"),
    ];
}
