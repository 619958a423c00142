namespace AuxLossRnn.Notebooks.Jupyter;

/// <summary>A socket that requests come in on.</summary>
internal enum KernelSocket
{
    /// <summary>One request after the other.</summary>
    Shell,

    /// <summary>Requests that do not wait for a cell.</summary>
    Control,
}
