namespace AuxLossRnn.Sequences;

/// <summary>The three parts of a dataset.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Validation">What was held out of the training examples; may be empty.</param>
/// <param name="Test">The test set.</param>
public sealed record DatasetSplits(SequenceDataset Train, SequenceDataset Validation, SequenceDataset Test)
{
    /// <summary>The sequences of <see cref="Train"/> in their order and, after them, those without labels; null where there are none.</summary>
    /// <remarks>
    /// Auxiliary losses need no label: pretraining reads all of these, and joint training some of the unlabelled ones beside each batch of
    /// labelled ones (<see cref="Specs.ExperimentSpec.UnlabelledShare"/>). The labels of those after <see cref="Train"/> are not looked at.
    /// </remarks>
    public SequenceDataset? WithUnlabelled { get; init; }
}
