using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Data.Analysis;

namespace AuxLossRnn.Experiments;

/// <summary>A data frame as a table in .NET Interactive, which of itself shows its columns' objects.</summary>
internal static class InteractiveTables
{
    private const string Formatting = "Microsoft.DotNet.Interactive.Formatting";

    /// <summary>Tells .NET Interactive's formatter, if it is there, found by its names: the library does not refer to it.</summary>
#pragma warning disable CA2255 // A notebook refers to this library before it makes a data frame; there is no other moment in between.
    [ModuleInitializer]
    internal static void Register()
#pragma warning restore CA2255
    {
        MethodInfo? register = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(one => one.GetName().Name == Formatting)
            ?.GetType($"{Formatting}.Formatter")?.GetMethod("Register", [typeof(Type), typeof(Action<object, TextWriter>), typeof(string)]);
        try
        {
            register?.Invoke(null, [typeof(DataFrame), (Action<object, TextWriter>)Write, "text/html"]);
        }
        catch (TargetInvocationException)
        {
            // Another version's: its own way of showing a data frame will do, and a module initializer must not throw.
        }
    }

    private static void Write(object frame, TextWriter writer) => writer.Write(((DataFrame)frame).ToHtmlTable().ToHtml());
}
