namespace AuxLossRnn.Cli;

/// <summary>How the command ends.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something failed on the way.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or input.</summary>
    public const int WrongUsage = 2;

    /// <summary>Interrupted, with a checkpoint written.</summary>
    public const int Interrupted = 130;
}
