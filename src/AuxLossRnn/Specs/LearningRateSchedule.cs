namespace AuxLossRnn.Specs;

/// <summary>How the learning rate falls in the second phase; in pretraining it falls smoothly to one half under each.</summary>
public enum LearningRateSchedule
{
    /// <summary>Halved every so many epochs, as in a re-implementation; the default.</summary>
    Halving,

    /// <summary>
    /// Along half a cosine to zero at the last step (Loshchilov and Hutter 2017, without restarts). A run of it cannot be lengthened,
    /// because each rate depends on the last step.
    /// </summary>
    Cosine,
}
