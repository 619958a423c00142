using System.Diagnostics;

namespace AuxLossRnn.Cli.Tests;

/// <summary>A disk with little space: a file system in memory, which only root may mount. Elsewhere the test skips, with the reason.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    /// <summary>Mounts it.</summary>
    /// <param name="folder">Where; made if it is missing.</param>
    /// <param name="kibibytes">What it holds.</param>
    public SmallDisk(string folder, int kibibytes)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A file system in memory with a size wants Linux and root.");
        Assert.SkipUnless(Mount($"size={kibibytes}k") == 0, "This system does not let root mount a file system in memory.");
    }

    /// <summary>Gives it another size, with all that is on it.</summary>
    public void Resize(int kibibytes) => Assert.Equal(0, Mount($"remount,size={kibibytes}k"));

    public void Dispose() => Run("umount", "--lazy", _folder);

    private static int Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private int Mount(string options) => Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", _folder);
}
