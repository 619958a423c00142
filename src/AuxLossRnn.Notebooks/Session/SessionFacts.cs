using System.Reflection;
using System.Runtime.InteropServices;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>What a session tells of itself.</summary>
internal static class SessionFacts
{
    /// <summary>Which program runs the cells.</summary>
    public static string About { get; } =
        $"AuxLossRnn {typeof(SessionFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}: "
        + $"C# cells on {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}";
}
