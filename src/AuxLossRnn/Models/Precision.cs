using System.Text.Json.Serialization;

namespace AuxLossRnn.Models;

/// <summary>How products are computed.</summary>
public enum Precision
{
    /// <summary>Everything in float32.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>Operands of large products rounded to bfloat16, their sums and everything else in float32.</summary>
    [JsonStringEnumMemberName("bfloat16")]
    BFloat16,
}
