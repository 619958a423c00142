using System.Runtime.InteropServices;

namespace AuxLossRnn.Runtime.Native;

/// <summary>The environment that native code reads: .NET keeps a copy of its own, which native code never sees.</summary>
public static partial class NativeEnvironment
{
    /// <summary>Sets a variable for native code and for programs that replace this one, unless it has a value already.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Whether the call succeeded.</returns>
    /// <exception cref="EntryPointNotFoundException">The C library has no <c>setenv</c>.</exception>
    public static bool SetDefault(string name, string value) => SetEnvironment(name, value, 0) == 0;

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
