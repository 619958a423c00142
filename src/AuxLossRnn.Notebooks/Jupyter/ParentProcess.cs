using System.Diagnostics;

namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>The process that started the kernel.</summary>
internal static class ParentProcess
{
    /// <summary>Waits for its end, as far as it is known: Jupyter tells the kernel whose child it is.</summary>
    /// <returns>Whether it has ended; false at once if it is not known.</returns>
    internal static async Task<bool> EndedAsync()
    {
        if (OperatingSystem.IsWindows() || !int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), out int id) || id <= 1)
        {
            return false;
        }

        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It is gone already.
        }

        return true;
    }
}
