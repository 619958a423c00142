using AuxLossRnn.Kernels;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The part that both auxiliary networks share: a two-layer LSTM and two feed-forward layers that predict steps.</summary>
/// <remarks>Its weights are named <c>lstm.*_l0</c>, <c>lstm.*_l1</c>, <c>hidden.*</c> and <c>output.*</c>.</remarks>
public sealed class TokenPredictor
{
    /// <summary>The layers of the auxiliary LSTM.</summary>
    public const int Layers = 2;

    private readonly AuxiliaryNetworkOptions _options;
    private readonly LstmLayers _lstm;
    private readonly FeedForward _head;

    /// <summary>A predictor.</summary>
    /// <param name="inputs">The size of what its LSTM reads.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="options">Sizes and loss.</param>
    public TokenPredictor(int inputs, int features, AuxiliaryNetworkOptions options)
    {
        _options = options;
        _lstm = new LstmLayers(inputs, options.Hidden, Layers, options.Compute);
        int outputs = options.TokenLoss == TokenLoss.CrossEntropy ? features * options.Levels : features;
        _head = new FeedForward(options.Hidden, outputs, options.FeedForward);
    }

    /// <summary>The auxiliary hidden size.</summary>
    public int Hidden => _options.Hidden;

    /// <summary>Makes the weights weights of a module.</summary>
    /// <param name="owner">The module.</param>
    public void RegisterIn(nn.Module owner)
    {
        _lstm.RegisterIn(owner);
        _head.RegisterIn(owner);
    }

    /// <summary>Runs the LSTM over a segment, or a part of one.</summary>
    /// <param name="x">What it reads, <c>[t, R, inputs]</c>, or the features that <paramref name="projection"/> makes it of.</param>
    /// <param name="projection">A linear layer before it; null for none.</param>
    /// <param name="state">The state before.</param>
    /// <param name="result">What the gradient comes back to: the outputs, or both.</param>
    /// <returns>The top layer's outputs, <c>[t, R, H]</c>, and the state after.</returns>
    public (Tensor Outputs, LstmState State) Read(Tensor x, Linear? projection, LstmState state, ReadResult result)
    {
        (Tensor? outputs, state) = _lstm.Read(x, projection, state, result); // [t, R, H]
        return (outputs!, state);
    }

    /// <summary>What the feed-forward layers make of the LSTM's outputs.</summary>
    /// <param name="outputs">The top layer's outputs, <c>[t, R, H]</c>.</param>
    /// <param name="masks">Where masks are drawn from; null in evaluation.</param>
    /// <returns>Logits <c>[t, R, F·levels]</c>, channel by channel, or values <c>[t, R, F]</c>.</returns>
    public Tensor Predict(Tensor outputs, Generator? masks)
    {
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Heads);
        return _head.Forward(outputs, masks); // [t, R, …]
    }

    /// <summary>The sum Σᵢ Lᵢ of the token losses over all segments and steps, from the LSTM's outputs.</summary>
    /// <param name="outputs">The top layer's outputs, <c>[t, R, H]</c>.</param>
    /// <param name="targets">The scaled features to predict, <c>[t, R, F]</c>.</param>
    /// <param name="targetTokens">The same as levels, uint8 <c>[t, R, F]</c>.</param>
    /// <param name="existing">The rows of <c>[t·R]</c> that are tokens of a segment, <see cref="SegmentGather.Existing"/>; null for all.</param>
    /// <param name="masks">Where masks are drawn from; null in evaluation.</param>
    public Tensor SumOfLosses(Tensor outputs, Tensor targets, Tensor targetTokens, Tensor? existing, Generator? masks)
    {
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Heads);
        (outputs, targets, targetTokens) = (Pick(outputs, existing), Pick(targets, existing), Pick(targetTokens, existing)); // [n, …]
        if (_options.Compute.FusedHead && TokenLossFunction.Accepts(outputs, targets) && _head.Weights(masks) is FeedForwardWeights layers)
        {
            int levels = _options.TokenLoss == TokenLoss.CrossEntropy ? _options.Levels : 0;
            return TokenLossFunction.Sum(outputs, layers, targets, targetTokens, levels, _options.Compute.Precision == Precision.BFloat16); // []
        }

        return SumOfLosses(Predict(outputs, masks), targets, targetTokens, null); // []
    }

    /// <summary>The sum Σᵢ Lᵢ of the token losses over all segments and steps, from their predictions.</summary>
    /// <param name="predictions">What <see cref="Predict"/> returned.</param>
    /// <param name="targets">The scaled features to predict, <c>[t, R, F]</c>.</param>
    /// <param name="targetTokens">The same as levels, uint8 <c>[t, R, F]</c>.</param>
    /// <param name="existing">The rows of <c>[t·R]</c> that are tokens of a segment; null for all.</param>
    public Tensor SumOfLosses(Tensor predictions, Tensor targets, Tensor targetTokens, Tensor? existing)
    {
        using IDisposable? measured = StepProfile.Current?.Measure(StepPart.Heads);
        (predictions, targets, targetTokens) = (Pick(predictions, existing), Pick(targets, existing), Pick(targetTokens, existing)); // [n, …]
        if (_options.TokenLoss == TokenLoss.SquaredError)
        {
            return nn.functional.mse_loss(predictions, targets, nn.Reduction.Sum); // []
        }

        Tensor logits = predictions.reshape(-1, _options.Levels); // [t·R·F, levels]
        Tensor levels = targetTokens.to(ScalarType.Int64).reshape(-1); // [t·R·F]
        return nn.functional.cross_entropy(logits, levels, reduction: nn.Reduction.Sum); // []
    }

    private static Tensor Pick(Tensor all, Tensor? rows) => rows is null ? all : all.flatten(0, 1).index_select(0, rows); // [n, …]

    /// <summary>The most likely steps, as data that the decoder can read.</summary>
    /// <param name="predictions">What <see cref="Predict"/> returned, <c>[t, R, …]</c>.</param>
    /// <returns>Scaled features and levels, both <c>[t, R, F]</c>, through which no gradient passes.</returns>
    public (Tensor Inputs, Tensor Tokens) AsData(Tensor predictions)
    {
        float top = _options.Levels - 1;
        Tensor data = predictions.detach();
        if (_options.TokenLoss == TokenLoss.SquaredError)
        {
            return (data, HeldNumbers.With(0, least => HeldNumbers.With(top, most => data.Times(top).round().clamp(least, most))).to(ScalarType.Byte)); // [t, R, F]
        }

        Tensor levels = data.reshape(data.shape[0], data.shape[1], -1, _options.Levels).argmax(-1); // [t, R, F]
        return (levels.to(data.dtype).Over(top), levels.to(ScalarType.Byte));
    }
}
