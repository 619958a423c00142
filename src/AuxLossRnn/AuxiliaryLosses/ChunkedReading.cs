using AuxLossRnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AuxLossRnn.AuxiliaryLosses;

/// <summary>An auxiliary network's pass over a segment whose gradients are cut at regular steps.</summary>
public static class ChunkedReading
{
    /// <summary>Reads a segment, detaching the state every <paramref name="cut"/> steps.</summary>
    /// <param name="predictor">The auxiliary LSTM.</param>
    /// <param name="x">What it reads, <c>[L, R, inputs]</c>, or the features that <paramref name="projection"/> makes it of.</param>
    /// <param name="projection">A linear layer before it; null for none.</param>
    /// <param name="state">The state before.</param>
    /// <param name="cut">The steps between two cuts; null for none.</param>
    /// <returns>The outputs, <c>[L, R, H]</c>.</returns>
    public static Tensor ReadInChunks(this TokenPredictor predictor, Tensor x, Linear? projection, LstmState state, int? cut)
    {
        int length = (int)x.shape[0];
        var outputs = new List<Tensor>();
        foreach ((int from, int steps) in Chunks.Between(length, cut))
        {
            (Tensor chunk, state) = predictor.Read(
                x.narrow(0, from, steps), projection, from == 0 ? state : state.Detach(), ReadResult.Outputs); // [t, R, H]
            outputs.Add(chunk);
        }

        return outputs.Count == 1 ? outputs[0] : cat(outputs, 0); // [L, R, H]
    }
}
