namespace AuxLossRnn.Kernels;

/// <summary>Which results of an LSTM a gradient comes back to.</summary>
public enum RecurrentResult
{
    /// <summary>The outputs; the last state is given without its graph.</summary>
    Outputs,

    /// <summary>The last state; the outputs need not be kept.</summary>
    State,

    /// <summary>The outputs and the last state.</summary>
    Both,
}
