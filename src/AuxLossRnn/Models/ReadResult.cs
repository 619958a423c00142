namespace AuxLossRnn.Models;

/// <summary>Which results of a reading a gradient comes back to.</summary>
public enum ReadResult
{
    /// <summary>The outputs; the last state is given without its graph.</summary>
    Outputs,

    /// <summary>The last state; the outputs need not be kept.</summary>
    State,

    /// <summary>The outputs and the last state.</summary>
    Both,
}
