using System.Reflection;
using System.Runtime.InteropServices;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Data;

/// <summary>Finds the native half of a managed library below this library's folder, for hosts that do not look there.</summary>
/// <remarks>.NET Interactive looks beside a referenced library, not in <c>runtimes/&lt;rid&gt;/native</c>, where a build puts native files.</remarks>
internal static class NativeFiles
{
    private static readonly string[] Platforms = [RuntimeInformation.RuntimeIdentifier, RuntimeInformation.RuntimeIdentifier.Split('-')[0]]; // osx-arm64, osx

    private static readonly string Folder = Path.GetDirectoryName(typeof(NativeFiles).Assembly.Location) ?? "";

    /// <summary>Lets a managed library's imports be found, and sees that they are; to be called before its first use.</summary>
    /// <param name="managed">The managed library.</param>
    /// <param name="name">Its native half, without an ending.</param>
    /// <exception cref="UserException">The native half does not load; the message names the file and what to do.</exception>
    public static void Require(Assembly managed, string name)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(managed, Find);
        }
        catch (InvalidOperationException)
        {
            // It has a resolver already: this one, or its host's.
        }

        string failure = $"{FileName(name)} is not below {Folder}";
        try
        {
            if (Find(name, managed, null) != IntPtr.Zero)
            {
                return;
            }
        }
        catch (Exception refused) when (refused is DllNotFoundException or BadImageFormatException)
        {
            failure = NativeCure.LoaderReason(refused.Message);
        }

        throw new UserException(
            $"{managed.GetName().Name} cannot be used, so no picture can be read or written: {failure}. "
            + NativeCure.For(failure, Environment.GetEnvironmentVariable("LD_LIBRARY_PATH")));
    }

    private static IntPtr Find(string name, Assembly managed, DllImportSearchPath? search)
    {
        if (NativeLibrary.TryLoad(name, managed, search, out IntPtr library))
        {
            return library;
        }

        return Platforms.Select(platform => Path.Combine(Folder, "runtimes", platform, "native", FileName(name))).Append(Path.Combine(Folder, FileName(name)))
            .FirstOrDefault(File.Exists) is string path
            ? NativeLibrary.Load(path)
            : IntPtr.Zero; // the runtime's own message says where it looked
    }

    private static string FileName(string name) => name + (OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so");
}
