using AuxLossRnn.Kernels;
using AuxLossRnn.Runtime;
using TorchSharp;

namespace AuxLossRnn.Models;

/// <summary>Which precisions this machine has.</summary>
public static class Precisions
{
    /// <summary>Why a precision cannot be had on a device; null where it can.</summary>
    /// <param name="precision">The precision.</param>
    /// <param name="device">The device.</param>
    public static string? ObstacleTo(Precision precision, torch.Device device) =>
        precision == Precision.Float32 ? null
        : device.type != DeviceType.CPU ? "the kit computes in bfloat16 on the CPU only"
        : BFloat16Tile.Obstacle;

    /// <summary>Refuses a precision that would have to be emulated: it would be slower than float32.</summary>
    /// <param name="precision">The precision.</param>
    /// <param name="device">The device.</param>
    /// <exception cref="UserException">This machine does not have it.</exception>
    public static void Require(Precision precision, torch.Device device)
    {
        if (ObstacleTo(precision, device) is string obstacle)
        {
            throw new UserException($"‹Precision=BFloat16› is not possible here: {obstacle}. Choose ‹Precision=Float32›.");
        }
    }
}
