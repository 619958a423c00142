using AuxLossRnn.Runtime;

namespace AuxLossRnn.Training;

/// <summary>A run that cannot go on, such as one whose loss is no longer a number. Its last checkpoint is kept.</summary>
/// <param name="message">The step, the loss and what to try; <see cref="SettingNames"/> in angle quotes.</param>
public sealed class TrainingFailedException(string message) : Exception(SettingNames.InCode(message))
{
    /// <summary>The message with its settings in angle quotes.</summary>
    public string Template { get; } = message;
}
