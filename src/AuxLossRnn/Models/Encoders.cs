namespace AuxLossRnn.Models;

/// <summary>The encoders of the kit.</summary>
public static class Encoders
{
    /// <summary>The paper's LSTM, the recurrent networks it is compared with, and the Transformer.</summary>
    public static IReadOnlyList<EncoderPart> All { get; } =
    [
        new("lstm", context => new LstmEncoder(context.Input, context.Hidden, context.Compute)),
        new("gru", context => new GruEncoder(context.Input, context.Hidden, context.Compute)),
        new("irnn", context => new IrnnEncoder(context.Input, context.Hidden, context.Compute)),
        new("urnn", context => new UrnnEncoder(context.Input, context.Hidden, context.Random)),
        new("transformer", context => new TransformerEncoder(context.Input, context.Hidden)),
    ];
}
