using AuxLossRnn.Models;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>The auxiliary network of the p-LSTM: stacked on the main LSTM after an anchor, it predicts what comes next (§2.1).</summary>
/// <remarks>It starts from the zero state; whether the paper's does is unknown.</remarks>
public sealed class PredictionNetwork : nn.Module
{
    private readonly TokenPredictor _predictor;

    /// <summary>A network.</summary>
    /// <param name="mainHidden">The hidden size H of the main LSTM.</param>
    /// <param name="features">The features F of a step.</param>
    /// <param name="options">Sizes and loss.</param>
    public PredictionNetwork(int mainHidden, int features, AuxiliaryNetworkOptions options)
        : base(nameof(PredictionNetwork))
    {
        _predictor = new TokenPredictor(mainHidden, features, options);
        _predictor.RegisterIn(this);
    }

    /// <summary>The sum Σᵢ Lᵢ of the losses over all segments; all of them are predicted in one call.</summary>
    /// <param name="mainOutputs">The main states h_{a+1} … h_{a+L}, <c>[L, R, H]</c>.</param>
    /// <param name="targets">The features to predict, steps a+1 … a+L, <c>[L, R, F]</c>.</param>
    /// <param name="targetTokens">The same as levels, <c>[L, R, F]</c>.</param>
    /// <param name="lengths">The length lᵢ of each segment: what lies after it is left out.</param>
    /// <param name="cut">The steps between two cuts of the gradient; null for none.</param>
    /// <param name="masks">Where masks are drawn from; null in evaluation.</param>
    /// <returns>A scalar.</returns>
    public Tensor SumOfLosses(
        Tensor mainOutputs, Tensor targets, Tensor targetTokens, int[] lengths, int? cut, Generator? masks)
    {
        LstmState zero = LstmState.Zero(TokenPredictor.Layers, mainOutputs.shape[1], _predictor.Hidden, mainOutputs);
        Tensor outputs = _predictor.ReadInChunks(mainOutputs, null, zero, cut); // [L, R, H']
        using Tensor? existing = SegmentGather.Existing(lengths, (int)outputs.shape[0], outputs.device); // [Σ l]
        return _predictor.SumOfLosses(outputs, targets, targetTokens, existing, masks); // []
    }
}
