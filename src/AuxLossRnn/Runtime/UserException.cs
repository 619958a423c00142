namespace AuxLossRnn.Runtime;

/// <summary>Input or usage that cannot work; the message says what was wrong, where, and what to do about it.</summary>
/// <remarks>The command line prints the message alone, with its own options in place of properties, and ends with exit code 2.</remarks>
/// <param name="message">What was wrong, where, what was expected and what to do; <see cref="SettingNames"/> in angle quotes.</param>
/// <param name="cause">The exception behind it; null for none.</param>
public class UserException(string message, Exception? cause = null) : Exception(SettingNames.InCode(message), cause)
{
    /// <summary>The message with its settings in angle quotes.</summary>
    public string Template { get; } = message;
}
