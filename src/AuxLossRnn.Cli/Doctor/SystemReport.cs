using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>What this machine and this build can do, and what stands in the way.</summary>
/// <param name="Checks">The lines, in order of reading; those of a group stand together.</param>
public sealed record SystemReport(IReadOnlyList<SystemCheck> Checks)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsHealthy => Checks.All(check => check.State != CheckState.Wrong);

    /// <summary>Looks at the machine, the native libraries, a little computation and two folders.</summary>
    /// <param name="dataRoot">The data root in force; it need not exist.</param>
    /// <param name="outputFolder">Where run folders go; it need not exist.</param>
    /// <returns>The report; what could not be found out is a line of it, not an exception.</returns>
    /// <exception cref="ArgumentException">A folder's name is empty.</exception>
    public static SystemReport Create(string dataRoot, string outputFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataRoot);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        return new SystemReport(
        [
            .. MachineChecks.All(),
            .. NativeChecks.All(NativeLibraries.Report),
            .. ComputationChecks.All(NativeLibraries.Report),
            .. FolderChecks.All(dataRoot, outputFolder),
        ]);
    }
}
