using AuxLossRnn.Data;

namespace AuxLossRnn.Cli;

/// <summary>Where a command computes and where its data is.</summary>
/// <param name="Data">The data root.</param>
/// <param name="Device">The device.</param>
public sealed record Machine(DataRoot Data, TorchSharp.torch.Device Device);
