using System.Runtime.Intrinsics.X86;
using AuxLossRnn.Kernels;
using AuxLossRnn.Models;

namespace AuxLossRnn.Benchmarks;

/// <summary>Instructions of the processor, and how a process is made to use no higher ones.</summary>
/// <param name="Name">The kernels' name of them.</param>
/// <param name="Variables">What its environment must say: .NET, libtorch and oneDNN each have a switch of their own.</param>
internal sealed record InstructionSet(string Name, params (string Name, string Value)[] Variables)
{
    private const string Avx512 = "AVX-512", None = "none";

    // MKL's counts on Intel's processors only: on an AMD EPYC a product of 2,048² matrices took the same time with any value.
    private static readonly InstructionSet Lower = new(
        "AVX2", ("DOTNET_EnableAVX512", "0"), ("ATEN_CPU_CAPABILITY", "avx2"), ("ONEDNN_MAX_CPU_ISA", "AVX2"), ("MKL_ENABLE_INSTRUCTIONS", "AVX2"));

    /// <summary>The highest that this process uses.</summary>
    public static InstructionSet Own { get; } = new(Lanes.Instructions ?? None);

    /// <summary>Those that a process started here can use, the highest first.</summary>
    public static IReadOnlyList<InstructionSet> All => Own.Name == Avx512 && Steps.Device.type == TorchSharp.DeviceType.CPU ? [Own, Lower] : [Own];

    /// <summary>The number formats that the kit can compute in with it.</summary>
    public IReadOnlyList<Precision> Precisions => this == Own ? Steps.Precisions : [Precision.Float32];

    /// <summary>The variables that are not as they must be where .NET was told to use a lower set than the processor has; empty if libtorch was told too.</summary>
    public static IEnumerable<string> Forgotten => Own.Name == Lower.Name && ProcessorHasAvx512
        ? Lower.Variables.Where(variable => Environment.GetEnvironmentVariable(variable.Name) != variable.Value).Select(variable => $"{variable.Name}={variable.Value}")
        : [];

    // Leaf 7, EBX bit 16: AVX512F, whatever .NET was told.
    private static bool ProcessorHasAvx512 => X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && (X86Base.CpuId(7, 0).Ebx >> 16 & 1) == 1;
}
