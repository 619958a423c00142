namespace AuxLossRnn.Experiments;

/// <summary>How much of an experiment is run.</summary>
public enum Budget
{
    /// <summary>Seconds: shows that it runs, not what it finds.</summary>
    Smoke,

    /// <summary>Minutes on two cores: smaller images and networks, the paper's proportions of truncation and segment to length.</summary>
    Laptop,

    /// <summary>The published setting.</summary>
    Paper,
}
