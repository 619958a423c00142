namespace AuxLossRnn.Data;

/// <summary>One mirror did not deliver; another one, or another try, may.</summary>
internal sealed class MirrorException(string message) : Exception(message);
