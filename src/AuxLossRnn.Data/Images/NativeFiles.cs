using System.Reflection;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Data;

/// <summary>Finds the native half of a managed library below this library's folder, for hosts that do not look there.</summary>
/// <remarks>.NET Interactive looks beside a referenced library, not in <c>runtimes/&lt;rid&gt;/native</c>, where a build puts native files.</remarks>
internal static class NativeFiles
{
    private static readonly string[] Platforms = [RuntimeInformation.RuntimeIdentifier, RuntimeInformation.RuntimeIdentifier.Split('-')[0]]; // osx-arm64, osx

    /// <summary>Lets the managed library's imports be found; to be called before its first use.</summary>
    /// <param name="managed">The managed library.</param>
    public static void FindFor(Assembly managed)
    {
        try
        {
            NativeLibrary.SetDllImportResolver(managed, Find);
        }
        catch (InvalidOperationException)
        {
            // It has a resolver already: this one, or its host's.
        }
    }

    private static IntPtr Find(string name, Assembly managed, DllImportSearchPath? search)
    {
        if (NativeLibrary.TryLoad(name, managed, search, out IntPtr library))
        {
            return library;
        }

        string folder = Path.GetDirectoryName(typeof(NativeFiles).Assembly.Location) ?? "";
        string file = name + (OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so");
        return Platforms.Select(platform => Path.Combine(folder, "runtimes", platform, "native", file)).FirstOrDefault(File.Exists) is string path
            ? NativeLibrary.Load(path)
            : IntPtr.Zero; // the runtime's own message says where it looked
    }
}
