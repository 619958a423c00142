namespace AuxLossRnn.Data;

/// <summary>What .NET throws where a tar archive or its compression is damaged.</summary>
internal static class TarDamage
{
    /// <summary>Whether an exception says so: a number of a header that is none, too large or no time of a calendar is among it.</summary>
    /// <param name="exception">The exception.</param>
    public static bool IsIn(Exception exception) =>
        exception is InvalidDataException or EndOfStreamException or FormatException or OverflowException or ArgumentException;
}
