using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>One layer of a <see cref="TransformerEncoder"/>: attention and two feed-forward layers, each after a normalisation.</summary>
internal sealed class TransformerLayer : nn.Module
{
    /// <summary>The attention heads.</summary>
    public const int Heads = 4;

    private const int Widening = 4;

    private readonly Attention _attention;
    private readonly Linear _inner;
    private readonly Linear _outer;
    private readonly LayerNorm _beforeAttention;
    private readonly LayerNorm _beforeFeedForward;

    /// <summary>A layer.</summary>
    /// <param name="width">The width S, a multiple of <see cref="Heads"/>.</param>
    public TransformerLayer(int width)
        : base(nameof(TransformerLayer))
    {
        _attention = new Attention(width);
        _inner = nn.Linear(width, Widening * width);
        _outer = nn.Linear(Widening * width, width);
        _beforeAttention = nn.LayerNorm(width);
        _beforeFeedForward = nn.LayerNorm(width);
        register_module("self_attn", _attention);
        register_module("linear1", _inner);
        register_module("linear2", _outer);
        register_module("norm1", _beforeAttention);
        register_module("norm2", _beforeFeedForward);
    }

    /// <summary>Every step looks at every step.</summary>
    /// <param name="x">The steps, <c>[T, B, S]</c>.</param>
    /// <returns>What they become, <c>[T, B, S]</c>.</returns>
    public Tensor Read(Tensor x)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor attended = x.Plus(_attention.Read(_beforeAttention.call(x))); // [T, B, S]
        Tensor inner = _inner.call(_beforeFeedForward.call(attended)).relu_(); // [T, B, 4S]
        return scope.MoveToOuter(attended.Plus(_outer.call(inner))); // [T, B, S]
    }

    private sealed class Attention : nn.Module
    {
        private readonly Linear _output;

        public Attention(int width)
            : base(nameof(Attention))
        {
            // As torch.nn.MultiheadAttention begins.
            Tensor weights = nn.init.xavier_uniform_(empty(3 * width, width)); // [3S, S]
            _output = nn.Linear(width, width);
            nn.init.zeros_(_output.bias!);
            register_parameter("in_proj_weight", new Parameter(weights));
            register_parameter("in_proj_bias", new Parameter(zeros(3 * width)));
            register_module("out_proj", _output);
        }

        public Tensor Read(Tensor x)
        {
            (long steps, long batch, long width) = (x.shape[0], x.shape[1], x.shape[2]);
            Tensor all = nn.functional.linear(x, get_parameter("in_proj_weight")!, get_parameter("in_proj_bias")!); // [T, B, 3S]
            Tensor[] parts = all.reshape(steps, batch, 3, Heads, width / Heads)
                .permute(2, 1, 3, 0, 4).unbind(0); // 3 × [B, heads, T, S/heads]
            Tensor mixed = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]); // [B, heads, T, S/heads]
            return _output.call(mixed.permute(2, 0, 1, 3).reshape(steps, batch, width)); // [T, B, S]
        }
    }
}
