namespace AuxLossRnn.Experiments;

/// <summary>How much of an experiment is run.</summary>
public enum Budget
{
    /// <summary>Seconds: shows that it runs, not what it finds.</summary>
    Smoke,

    /// <summary>
    /// Minutes on two cores: smaller images and networks, the paper's proportions of truncation and segment to length. Two epochs are
    /// too few for the paper's schedule, so the learning rate stays as it is.
    /// </summary>
    Laptop,

    /// <summary>
    /// Hours of a core: the laptop's images and networks for sixteen epochs (DBpedia: four), a quarter of them pretraining, with a rate that falls along
    /// a cosine, clipping and orthogonal weights for every model.
    /// </summary>
    Overnight,

    /// <summary>The published setting; nothing is held out for validation.</summary>
    Paper,
}
