namespace AuxLossRnn.Cli.Doctor;

/// <summary>What a line of a <see cref="SystemReport"/> means for the reader.</summary>
public enum CheckState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but is worth knowing.</summary>
    Note,

    /// <summary>Something will fail until it is put right.</summary>
    Wrong,
}
