namespace AuxLossRnn.Cli.Doctor;

/// <summary>One line of a <see cref="SystemReport"/>.</summary>
/// <param name="Group">The heading it stands under.</param>
/// <param name="Name">What was looked at.</param>
/// <param name="Value">What was found.</param>
/// <param name="State">What that means.</param>
/// <param name="Advice">What to know or do, in sentences; never null where something is wrong.</param>
public sealed record SystemCheck(
    string Group, string Name, string Value, CheckState State = CheckState.Ok, string? Advice = null);
