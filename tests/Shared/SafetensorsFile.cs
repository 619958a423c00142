namespace AuxLossRnn.Tests;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Metadata">The strings under <c>__metadata__</c>, empty if there are none.</param>
public sealed record SafetensorsFile(
    IReadOnlyDictionary<string, SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);
