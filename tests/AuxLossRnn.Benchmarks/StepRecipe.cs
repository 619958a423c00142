using System.Text.Json.Serialization;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Benchmarks;

/// <summary>Everything that decides a step. Other processes get it as JSON.</summary>
/// <param name="Spec">The model and its losses.</param>
/// <param name="T">The time steps of a sequence; the rows of a matrix.</param>
/// <param name="Kind">What the step does.</param>
/// <param name="Compute">How the kit's model computes; null for its default.</param>
/// <param name="Straightforward">Whether it is the same mathematics, written plainly.</param>
internal sealed record StepRecipe(
    ExperimentSpec Spec, int T, StepKind Kind = StepKind.Joint, ComputeOptions? Compute = null,
    bool Straightforward = false)
{
    /// <summary>The number format that it computes in.</summary>
    [JsonIgnore]
    public Precision Precision => (Compute ?? new ComputeOptions()).Precision;
}

/// <summary>What a step does.</summary>
internal enum StepKind
{
    /// <summary>The kit's training step with both losses.</summary>
    Joint,

    /// <summary>The kit's training step with the auxiliary loss alone.</summary>
    Pretraining,

    /// <summary>The kit's evaluation of one batch.</summary>
    Evaluation,

    /// <summary>libtorch's product of two matrices of T rows and columns.</summary>
    Product,

    /// <summary>The operations of such a product by the kernels' tile, in cache.</summary>
    Tile,
}
