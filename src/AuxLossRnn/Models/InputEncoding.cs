namespace AuxLossRnn.Models;

/// <summary>What the LSTM reads at each step.</summary>
/// <remarks>
/// The paper says "projected to 128"; whether that is a linear map of the scaled pixel or an embedding of its level is
/// unknown. A re-implementation measured the embedding as worse, so the default is linear for pixels.
/// </remarks>
public enum InputEncoding
{
    /// <summary>A learned linear map of the scaled features.</summary>
    Linear,

    /// <summary>The scaled features themselves: the same functions as <see cref="Linear"/>, with fewer weights and less work.</summary>
    Raw,

    /// <summary>A learned vector a level and channel, summed over the channels.</summary>
    Embedding,
}
