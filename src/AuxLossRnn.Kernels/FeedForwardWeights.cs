using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>The weights of two feed-forward layers and what lies between them.</summary>
/// <param name="HiddenWeights">W₁, <c>[M, inputs]</c>.</param>
/// <param name="HiddenBias">b₁, <c>[M]</c>.</param>
/// <param name="OutputWeights">W₂, <c>[outputs, M]</c>, masked in training.</param>
/// <param name="OutputBias">b₂, <c>[outputs]</c>.</param>
/// <param name="Relu">Whether the activation is max(0, x); otherwise it is tanh x.</param>
internal sealed record FeedForwardWeights(
    Tensor HiddenWeights, Tensor HiddenBias, Tensor OutputWeights, Tensor OutputBias, bool Relu);
