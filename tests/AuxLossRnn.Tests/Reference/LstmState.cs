namespace AuxLossRnn.Tests.Reference;

/// <summary>The state of one LSTM layer for one example.</summary>
internal sealed record LstmState(Scalar[] Hidden, Scalar[] Cell)
{
    /// <summary>The same state, through which no gradient flows.</summary>
    public LstmState Stop() =>
        new(Hidden.Select(h => h.Stop()).ToArray(), Cell.Select(c => c.Stop()).ToArray());
}
