using System.Globalization;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Cli;

/// <summary>Other cultures than the invariant one, for the code of cells.</summary>
/// <remarks>
/// The program's settings have none, so that it starts where ICU, the library with their data, is not installed: .NET would end
/// such a process. What the kit itself reads and writes is the same everywhere, whatever the user's language.
/// </remarks>
public static class Cultures
{
    // The versions that .NET looks for.
    private const int OldestIcu = 50;
    private const int NewestIcu = 100;

    /// <summary>Makes them known where the machine has them. For a program's <c>Main</c>, before anything is read or written.</summary>
    public static void Enable()
    {
        if (!OperatingSystem.IsLinux() || Enumerable.Range(OldestIcu, NewestIcu - OldestIcu + 1).Any(IsInstalled))
        {
            AppContext.SetSwitch("System.Globalization.Invariant", false);
        }

        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
    }

    private static bool IsInstalled(int version) =>
        NativeLibrary.TryLoad($"libicuuc.so.{version}", out _) && NativeLibrary.TryLoad($"libicui18n.so.{version}", out _);
}
