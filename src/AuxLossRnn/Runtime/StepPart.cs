namespace AuxLossRnn.Runtime;

/// <summary>A part of a training step whose time is measured.</summary>
public enum StepPart
{
    /// <summary>Waiting for the batch and copying it to the device.</summary>
    Data,

    /// <summary>The main LSTM, with and without a graph.</summary>
    MainForward,

    /// <summary>The LSTMs of the decoder and the prediction network, with gathering what they read.</summary>
    Decoder,

    /// <summary>
    /// The feed-forward layers with their loss, of the classifier and of the auxiliary networks; the kit's kernel computes the
    /// auxiliary ones' gradients here, together with the loss.
    /// </summary>
    Heads,

    /// <summary>The backward pass through all of them, which is one call.</summary>
    Backward,

    /// <summary>Zeroing and clipping gradients, and the optimiser's step.</summary>
    Optimiser,

    /// <summary>What is left: drawing anchors, adding losses, freeing tensors.</summary>
    Rest,
}
