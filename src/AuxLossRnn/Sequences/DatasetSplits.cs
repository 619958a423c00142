namespace AuxLossRnn.Sequences;

/// <summary>The three parts of a dataset.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Validation">What was held out of the training examples; may be empty.</param>
/// <param name="Test">The test set.</param>
public sealed record DatasetSplits(SequenceDataset Train, SequenceDataset Validation, SequenceDataset Test);
