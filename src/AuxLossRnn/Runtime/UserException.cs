namespace AuxLossRnn.Runtime;

/// <summary>Input or usage that cannot work; the message says what was wrong, where, and what to do about it.</summary>
/// <remarks>The command line prints the message alone and ends with exit code 2.</remarks>
public class UserException : Exception
{
    /// <summary>An error with its explanation.</summary>
    /// <param name="message">What was wrong, where, what was expected and what to do.</param>
    public UserException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its explanation and its cause.</summary>
    /// <param name="message">What was wrong, where, what was expected and what to do.</param>
    /// <param name="cause">The exception behind it.</param>
    public UserException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
