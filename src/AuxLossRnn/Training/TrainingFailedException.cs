namespace AuxLossRnn.Training;

/// <summary>A run that cannot go on, such as one whose loss is no longer a number. Its last checkpoint is kept.</summary>
/// <param name="message">The step, the loss and what to try.</param>
public sealed class TrainingFailedException(string message) : Exception(message);
