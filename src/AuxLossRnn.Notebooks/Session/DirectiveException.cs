using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>A directive that cannot be understood.</summary>
/// <param name="line">Its line, from 1.</param>
/// <param name="message">What was wrong and what is to be written.</param>
internal sealed class DirectiveException(int line, string message) : UserException($"Line {line}: {message}")
{
    /// <summary>Its line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The message without its line.</summary>
    public string What { get; } = message;
}
