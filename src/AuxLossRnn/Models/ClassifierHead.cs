using static TorchSharp.torch;

namespace AuxLossRnn.Models;

/// <summary>The classifier: two feed-forward layers on the last main state (§3).</summary>
public sealed class ClassifierHead : nn.Module
{
    /// <summary>A classifier.</summary>
    /// <param name="hidden">The hidden size H of the main LSTM.</param>
    /// <param name="classes">The number of classes C.</param>
    /// <param name="options">The feed-forward layers.</param>
    public ClassifierHead(int hidden, int classes, FeedForwardOptions options)
        : base(nameof(ClassifierHead))
    {
        Layers = new FeedForward(hidden, classes, options);
        Layers.RegisterIn(this);
    }

    /// <summary>Both layers.</summary>
    public FeedForward Layers { get; }
}
