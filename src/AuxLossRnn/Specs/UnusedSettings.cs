namespace AuxLossRnn.Specs;

/// <summary>Settings that mean nothing to a model: whatever their values, its runs are the same.</summary>
public static class UnusedSettings
{
    // Of the kit's losses: one of a reader's own has its own settings.
    private static readonly string[] Segments =
    [
        nameof(ExperimentSpec.AuxiliaryTruncation), nameof(ExperimentSpec.SegmentTruncation), nameof(ExperimentSpec.Anchors),
        nameof(ExperimentSpec.Segment), nameof(ExperimentSpec.AnchorSchedule), nameof(ExperimentSpec.TokenLoss),
        nameof(ExperimentSpec.AuxiliaryHidden), nameof(ExperimentSpec.SharedAuxiliaryNetwork), nameof(ExperimentSpec.AuxiliaryWeight),
    ];

    // A predicted segment begins at its anchor and is not decoded.
    private static readonly string[] Reconstruction =
    [
        nameof(ExperimentSpec.SegmentPlacement), nameof(ExperimentSpec.DecoderInputs), nameof(ExperimentSpec.DecoderStart),
    ];

    private static readonly string[] Lstms = [nameof(ExperimentSpec.Initialisation), nameof(ExperimentSpec.ForgetBias)];

    /// <summary>The names of the properties that a spec's model does not look at.</summary>
    /// <param name="spec">The spec.</param>
    public static IReadOnlyList<string> Of(ExperimentSpec spec) =>
    [
        .. spec.HasSegments ? [] : Segments,
        .. spec.HasAuxiliaryLoss ? [] : new[] { nameof(ExperimentSpec.PretrainEpochs), nameof(ExperimentSpec.UnlabelledShare) },
        .. spec.Reconstructs ? [] : Reconstruction,
        .. spec.HasLstm ? [] : Lstms,
        .. spec.Model.Encoder == ModelName.Lstm.Encoder ? [] : new[] { nameof(ExperimentSpec.ChronoSteps) },
        .. spec.LearningRateSchedule == LearningRateSchedule.Cosine ? new[] { nameof(ExperimentSpec.HalvingEpochs) } : [],
    ];
}
