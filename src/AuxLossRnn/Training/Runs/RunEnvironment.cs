using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Training.Runs;

/// <summary>Where a run took place: the content of <c>environment.json</c>.</summary>
/// <param name="Commit">The version of the kit's source, as built.</param>
/// <param name="Kit">The kit's version.</param>
/// <param name="TorchSharpVersion">TorchSharp's version.</param>
/// <param name="Framework">The .NET runtime.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Processor">The processor's model and architecture.</param>
/// <param name="Cores">The processors this process may use.</param>
/// <param name="Threads">libtorch's threads.</param>
/// <param name="Waiting">How those wait.</param>
/// <param name="Device">The device.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Started">When the process started the run, in UTC.</param>
/// <param name="Instructions">
/// The processor's instructions that the kit's kernels use, "none" where libtorch computes everything; null in files of
/// versions that did not say. Equal runs give equal bits with the same ones only.
/// </param>
/// <param name="Resumed">Where the run was gone on with, in order; null if it was not.</param>
public sealed record RunEnvironment(
    string Commit, string Kit, string TorchSharpVersion, string Framework, string OperatingSystem, string Processor, int Cores,
    int Threads, string Waiting, string Device, long Seed, DateTimeOffset Started, string? Instructions = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ResumedRun>? Resumed = null)
{
    /// <summary>Describes this process.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="device">The device.</param>
    /// <param name="time">The clock.</param>
    public static RunEnvironment Capture(long seed, TorchSharp.torch.Device device, TimeProvider time)
    {
        // The SDK appends the commit that was built: 0.1.0+abcdef.
        string[] version = VersionOf(typeof(RunEnvironment)).Split('+');
        return new RunEnvironment(
            version.Length > 1 ? version[1] : "unknown", version[0], VersionOf(typeof(TorchSharp.torch)).Split('+')[0],
            RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
            $"{ProcessorModel()} ({RuntimeInformation.ProcessArchitecture})", Environment.ProcessorCount,
            TorchSharp.torch.get_num_threads(), OpenMp.Waiting, device.ToString(), seed, time.GetUtcNow(),
            ComputeOptions.Instructions ?? "none");
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string ProcessorModel()
    {
        const string linux = "/proc/cpuinfo";
        string? line = File.Exists(linux)
            ? File.ReadLines(linux).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':')[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown processor";
    }
}

/// <summary>A start of a run that had been begun before.</summary>
/// <param name="Step">The steps done before; 0 where there was no checkpoint yet, so that the run began again.</param>
/// <param name="Environment">Where it took place.</param>
public sealed record ResumedRun(int Step, RunEnvironment Environment);
