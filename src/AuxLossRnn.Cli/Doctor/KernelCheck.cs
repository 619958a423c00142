using System.Collections;
using System.Text.RegularExpressions;
using AuxLossRnn.Models;
using TorchSharp;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>The line of a <see cref="SystemReport"/> on the kit's own kernels.</summary>
internal static partial class KernelCheck
{
    internal static SystemCheck For(string group) => Describe(
        group, ComputeOptions.Instructions, Precisions.ObstacleTo(Precision.BFloat16, torch.CPU),
        [.. from DictionaryEntry variable in Environment.GetEnvironmentVariables()
            let setting = $"{variable.Key}={variable.Value}"
            where Switch().IsMatch(setting)
            orderby setting
            select setting]);

    /// <summary>The line.</summary>
    /// <param name="group">The heading it stands under.</param>
    /// <param name="instructions">The instructions that the kernels use; null where libtorch computes.</param>
    /// <param name="obstacle">Why there is no bfloat16; null where there is.</param>
    /// <param name="switches">The variables that tell .NET to leave instructions of the processor unused.</param>
    internal static SystemCheck Describe(string group, string? instructions, string? obstacle, IReadOnlyList<string> switches)
    {
        string value = instructions is null ? "libtorch's" : $"{instructions}, float32 {(obstacle is null ? "and bfloat16" : $"(no bfloat16: {obstacle})")}";
        string none = instructions is null
            ? "libtorch computes: the kit's faster kernels need AVX-512, AVX2 with FMA, or Arm's Advanced SIMD. Results are the same but for the last bits. "
            : "";
        string told = switches.Count > 0
            ? $"{string.Join(" and ", switches)} tells .NET to leave instructions unused that the processor may have; unset it to use them. "
            : "";
        return none + told == ""
            ? new SystemCheck(group, "LSTM kernel", value)
            : new SystemCheck(group, "LSTM kernel", value, CheckState.Note, (none + told).TrimEnd());
    }

    // .NET's names of instruction sets of x64 and Arm; 0 turns one off.
    [GeneratedRegex("^(DOTNET|COMPlus)_Enable(HWIntrinsic|AVX[0-9A-Z]*|FMA|SSE[0-9]*|Arm\\w+)=0+$", RegexOptions.IgnoreCase)]
    private static partial Regex Switch();
}
