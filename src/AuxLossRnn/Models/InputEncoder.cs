using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>Turns features and levels into what an LSTM reads (§3: inputs are projected to 128).</summary>
/// <remarks>In the module that owns it, its weights are <c>input.weight</c> and <c>input.bias</c>, or <c>embedding.weight</c>.</remarks>
public sealed class InputEncoder
{
    private readonly Linear? _linear;
    private readonly Embedding? _embedding;
    private readonly int _levels;

    /// <summary>An encoder of one kind.</summary>
    /// <param name="encoding">The kind.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="size">The size E of the encoding; the raw encoding has F instead.</param>
    /// <param name="levels">The number of levels that tokens take.</param>
    public InputEncoder(InputEncoding encoding, int features, int size, int levels)
    {
        _levels = levels;
        Size = encoding == InputEncoding.Raw ? features : size;
        switch (encoding)
        {
            case InputEncoding.Linear:
                _linear = nn.Linear(features, size);
                break;
            case InputEncoding.Embedding:
                _embedding = nn.Embedding(levels * features, size);
                break;
        }
    }

    /// <summary>The size E of the encoding.</summary>
    public int Size { get; }

    /// <summary>Whether the encoding reads tokens instead of features.</summary>
    public bool ReadsTokens => _embedding is not null;

    /// <summary>Makes the weights, if there are any, weights of a module.</summary>
    /// <param name="owner">The module.</param>
    public void RegisterIn(nn.Module owner)
    {
        if (_linear is not null)
        {
            owner.register_module("input", _linear);
        }
        else if (_embedding is not null)
        {
            owner.register_module("embedding", _embedding);
        }
    }

    /// <summary>Some steps as an LSTM takes them: the features of a linear encoding together with its layer, others encoded.</summary>
    /// <param name="inputs">The scaled features, <c>[T, B, F]</c>.</param>
    /// <param name="tokens">The levels, uint8 <c>[T, B, F]</c>.</param>
    public (Tensor X, Linear? Projection) Prepare(Tensor inputs, Tensor tokens) =>
        _linear is null ? (Encode(inputs, tokens), null) : (inputs, _linear);

    /// <summary>Encodes some steps.</summary>
    /// <param name="inputs">The scaled features, <c>[T, B, F]</c>.</param>
    /// <param name="tokens">The levels, uint8 <c>[T, B, F]</c>.</param>
    /// <returns>The encoding, <c>[T, B, E]</c>.</returns>
    public Tensor Encode(Tensor inputs, Tensor tokens)
    {
        if (_linear is not null)
        {
            return _linear.call(inputs); // [T, B, E]
        }

        if (_embedding is null)
        {
            return inputs; // [T, B, F]
        }

        // Channel c owns the rows c·levels … c·levels + levels − 1 of the table.
        using Tensor offsets = tensor([.. Enumerable.Range(0, (int)tokens.shape[^1]).Select(f => (long)f * _levels)], device: tokens.device); // [F]
        using Tensor rows = tokens.to(ScalarType.Int64).Plus(offsets); // [T, B, F]
        return _embedding.call(rows).sum(-2); // [T, B, E]
    }
}
