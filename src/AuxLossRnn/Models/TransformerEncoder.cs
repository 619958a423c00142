using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>A Transformer encoder (Vaswani et al., "Attention is all you need", NeurIPS 2017) over the whole sequence.</summary>
/// <remarks>
/// <code>
/// x₀ = P·encoding + positions,   x' = x + attention(norm(x)),   x'' = x' + W₂ max(0, W₁ norm(x')),   state = mean over steps of norm(x)
/// </code>
/// The configuration of the paper's Transformer is unknown. This one has three layers of width H/2 with four heads, four
/// times as wide between the feed-forward layers, and normalises before each part: about as many weights as the LSTM of
/// the same H. Positions are sines and cosines, so that any length can be read. Weights are named as PyTorch's
/// <c>TransformerEncoder</c> names them, below <c>transformer</c>; <c>projection.*</c> leads from the encoding to the width.
/// </remarks>
public sealed class TransformerEncoder : SequenceEncoder
{
    /// <summary>The hidden size must be a multiple of this: half of it is divided among the heads, and positions come in pairs.</summary>
    public const int HiddenMultiple = 2 * TransformerLayer.Heads;

    private const int Layers = 3;
    private const double LongestWave = 10_000;

    private readonly Linear _projection;
    private readonly ModuleList<TransformerLayer> _layers;
    private readonly LayerNorm _norm;

    /// <summary>An encoder.</summary>
    /// <param name="input">The input encoding.</param>
    /// <param name="hidden">The hidden size H that it is comparable to, a multiple of <see cref="HiddenMultiple"/>.</param>
    public TransformerEncoder(InputEncoder input, int hidden)
        : base(nameof(TransformerEncoder), input, hidden / 2)
    {
        _projection = nn.Linear(input.Size, StateSize);
        _layers = new ModuleList<TransformerLayer>([.. Enumerable.Range(0, Layers).Select(_ => new TransformerLayer(StateSize))]);
        _norm = nn.LayerNorm(StateSize);
        var transformer = new Container();
        transformer.register_module("layers", _layers);
        transformer.register_module("norm", _norm);
        register_module("projection", _projection);
        register_module("transformer", transformer);
    }

    /// <inheritdoc/>
    public override bool IsRecurrent => false;

    /// <summary>Reads a whole sequence; the state before it is not looked at.</summary>
    /// <param name="inputs">The scaled features, <c>[T, B, F]</c>.</param>
    /// <param name="tokens">The levels, <c>[T, B, F]</c>.</param>
    /// <param name="state">Ignored.</param>
    /// <param name="result">Ignored: both results have their gradient.</param>
    /// <returns>What each step has become, <c>[T, B, S]</c>, and their mean as a state, <c>[1, B, S]</c>.</returns>
    public override (Tensor? Outputs, EncoderState State) Read(Tensor inputs, Tensor tokens, EncoderState state, ReadResult result)
    {
        Tensor x = _projection.call(Input.Encode(inputs, tokens)); // [T, B, S]
        x = x.Plus(Positions(x)); // [T, B, S]
        foreach (TransformerLayer layer in _layers)
        {
            x = layer.Read(x); // [T, B, S]
        }

        x = _norm.call(x); // [T, B, S]
        return (x, new EncoderState(x.mean([0], keepdim: true))); // [1, B, S]
    }

    /// <summary>sin(t / 10000^(2i/S)) at 2i and the cosine at 2i + 1, <c>[T, 1, S]</c>.</summary>
    private Tensor Positions(Tensor like)
    {
        Tensor steps = tensor([.. Enumerable.Range(0, (int)like.shape[0]).Select(t => (double)t)], device: like.device).unsqueeze(1); // [T, 1]
        Tensor pairs = tensor([.. Enumerable.Range(0, (int)(StateSize / 2)).Select(i => 2.0 * i / StateSize)], device: like.device); // [S/2]
        Tensor angles = steps * pairs.Times(-Math.Log(LongestWave)).exp(); // [T, S/2]
        return stack([angles.sin(), angles.cos()], -1).reshape(-1, 1, StateSize).to(like.dtype); // [T, 1, S]
    }

    /// <summary>Gives weights their prefix.</summary>
    private sealed class Container() : nn.Module(nameof(Container));
}
