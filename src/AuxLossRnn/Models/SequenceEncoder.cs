using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The main LSTM with its input encoding: one layer, 128 cells in the paper (§3).</summary>
/// <remarks>Its weights are named <c>input.*</c> or <c>embedding.*</c>, and <c>lstm.*_l0</c>.</remarks>
public sealed class SequenceEncoder : nn.Module
{
    private readonly InputEncoder _input;
    private readonly LstmLayers _lstm;

    /// <summary>An encoder.</summary>
    /// <param name="encoding">The kind of input encoding.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="encodingSize">The size E of the input encoding.</param>
    /// <param name="hidden">The hidden size H.</param>
    /// <param name="levels">The number of levels that tokens take.</param>
    /// <param name="compute">How it computes.</param>
    public SequenceEncoder(
        InputEncoding encoding, int features, int encodingSize, int hidden, int levels, ComputeOptions compute)
        : base(nameof(SequenceEncoder))
    {
        Hidden = hidden;
        _input = new InputEncoder(encoding, features, encodingSize, levels);
        _lstm = new LstmLayers(_input.Size, hidden, 1, compute);
        _input.RegisterIn(this);
        _lstm.RegisterIn(this);
    }

    /// <summary>The hidden size H.</summary>
    public int Hidden { get; }

    /// <summary>Reads some steps.</summary>
    /// <param name="inputs">The scaled features, <c>[t, B, F]</c>.</param>
    /// <param name="tokens">The levels, <c>[t, B, F]</c>.</param>
    /// <param name="state">The state before the first of them.</param>
    /// <param name="result">What the gradient comes back to.</param>
    /// <returns>The hidden states after each step, <c>[t, B, H]</c>, null for the state alone, and the state after the last.</returns>
    public (Tensor? Outputs, LstmState State) Read(Tensor inputs, Tensor tokens, LstmState state, LstmResult result)
    {
        (Tensor x, Linear? projection) = _input.Prepare(inputs, tokens); // [t, B, F] or [t, B, E]
        return _lstm.Read(x, projection, state, result); // [t, B, H]
    }
}
