using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>The part of a <see cref="SystemReport"/> on the machine itself.</summary>
internal static class MachineChecks
{
    private const string Group = "Machine";
    private const double SmallMemory = 4; // gibibytes

    internal static IEnumerable<SystemCheck> All()
    {
        string[] processor = ProcessorDescription();
        yield return new SystemCheck(Group, "operating system", RuntimeInformation.OSDescription);
        yield return Architecture(RuntimeInformation.ProcessArchitecture);
        yield return new SystemCheck(Group, "runtime", RuntimeInformation.FrameworkDescription);
        yield return new SystemCheck(Group, "processor", ModelName(processor));
        yield return Vectors();
        yield return new SystemCheck(Group, "processors", $"{TorchThreads.Available} that this process may use");
        yield return Memory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    internal static SystemCheck Architecture(Architecture architecture)
    {
        string value = architecture.ToString().ToLowerInvariant();
        Architecture expected = OperatingSystem.IsMacOS()
            ? System.Runtime.InteropServices.Architecture.Arm64
            : System.Runtime.InteropServices.Architecture.X64;
        return architecture == expected
            ? new SystemCheck(Group, "architecture", value)
            : new SystemCheck(Group, "architecture", value, CheckState.Wrong,
                "The kit names the libtorch packages for x64 on Windows and Linux and for arm64 on macOS. Use a .NET "
                + "SDK of that architecture; on another processor the kit does not run.");
    }

    private static SystemCheck Memory(long bytes)
    {
        double gibibytes = bytes / (double)(1 << 30);
        string value = $"{gibibytes:0.0} GiB that this process may use";
        return gibibytes >= SmallMemory
            ? new SystemCheck(Group, "memory", value)
            : new SystemCheck(Group, "memory", value, CheckState.Note,
                "Training at full length wants several GiB; make the batch smaller if a run is stopped for want of memory.");
    }

    private static SystemCheck Vectors()
    {
        // Whether the processor multiplies bfloat16 is no use without the kit's kernel: it is a line of the kernels'.
        (string Name, bool Supported)[] features =
        [
            ("AVX2", Avx2.IsSupported),
            ("AVX-512", Avx512F.IsSupported),
            ("Advanced SIMD", AdvSimd.IsSupported),
        ];
        string[] found = [.. features.Where(feature => feature.Supported).Select(feature => feature.Name)];
        string value = found.Length > 0 ? string.Join(", ", found) : "none that libtorch has fast code for";

        return new SystemCheck(Group, "vector units", value);
    }

    private static string ModelName(string[] processor)
    {
        string? line = processor.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return line is not null
            ? line[(line.IndexOf(':') + 1)..].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "not named by the operating system";
    }

    private static string[] ProcessorDescription()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllLines("/proc/cpuinfo") : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
