namespace AuxLossRnn.Tests.Reference;

/// <summary>What an auxiliary decoder's output is measured by; both are summed over the channels.</summary>
public enum ReferenceTokenLoss
{
    /// <summary>-log softmax at the token; F · levels outputs, channel-major.</summary>
    CrossEntropy,

    /// <summary>(output - input value)²; F outputs.</summary>
    SquaredError,
}
