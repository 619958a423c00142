using AuxLossRnn.Runtime;

namespace AuxLossRnn.Models;

/// <summary>An encoder that a run plugs in.</summary>
/// <param name="Name">Its name in <c>--model</c> and in figures: small letters and digits, such as <c>lstm</c>.</param>
/// <param name="Make">Makes it, with fresh weights.</param>
public sealed record EncoderPart(string Name, Func<EncoderContext, SequenceEncoder> Make);

/// <summary>What an encoder is made from.</summary>
/// <param name="Input">The input encoding, which the encoder hands to its base class.</param>
/// <param name="Hidden">The hidden size H.</param>
/// <param name="Compute">How products are computed.</param>
/// <param name="Random">Where what is drawn besides weights comes from, such as a fixed permutation.</param>
public sealed record EncoderContext(InputEncoder Input, int Hidden, ComputeOptions Compute, RandomStream Random);
