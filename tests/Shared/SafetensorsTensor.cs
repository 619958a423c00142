namespace AuxLossRnn.Tests;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">As written in the file: F32, I64, U8 …</param>
/// <param name="Shape">Its sizes; empty for a single number.</param>
/// <param name="Bytes">Its numbers, little-endian and row-major.</param>
public sealed record SafetensorsTensor(string Name, string DataType, long[] Shape, byte[] Bytes);
