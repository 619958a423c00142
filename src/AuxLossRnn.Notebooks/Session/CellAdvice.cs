using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>What to do about errors whose own message does not say it: those of code that was written for another host.</summary>
internal static class CellAdvice
{
    private const string Api = "Of .NET Interactive's API there are display, HTML, Javascript, .Display, .DisplayAs, .DisplayTable, .Update, "
        + "KernelInvocationContext.Current.Display and the namespace Microsoft.DotNet.Interactive.Formatting.";

    private const string OneKernel = "For cells this kernel has no Kernel object. ";

    // By the name that the compiler does not know.
    private static readonly Dictionary<string, string> Names = new()
    {
        ["Kernel"] = OneKernel + Api + " A value that a cell would ask for is written into the cell.",
        ["CompositeKernel"] = OneKernel + Api,
        ["CSharpKernel"] = OneKernel + Api,
        ["csharp"] = OneKernel + "Write display(value) or value.Display().",
        ["CSS"] = "Write HTML(\"<style>…</style>\").",
        ["SVG"] = "Write HTML(\"<svg>…</svg>\").",
    };

    private static readonly HashSet<string> Members = ["DisplayTable", "Display", "DisplayAs", "Explore", "Publish", "DisplayedValueProduced"];

    /// <summary>What to do about a compiler's error; null for nothing that is not said.</summary>
    public static string? Of(Diagnostic error)
    {
        switch (error.Id)
        {
            case "CS1109" or "CS9283":
                return "In a cell, an extension method stands outside of classes: public static string Excited(this string s) => s + \"!!!\";";
            case "CS1040":
                return "A directive, such as #!share, stands on a line of its own, between statements and outside of braces.";
            case "CS7021":
                return "Cells and files that #load reads are scripts, which have no namespaces: take the namespace away, and write extension methods outside of classes; "
                    + "or build the file as a library and refer to it with #r \"library.dll\".";
            case "CS0103" or "CS0246" or "CS0234" or "CS1061" or "CS1501" or "CS0117":
                SyntaxNode? node = error.Location.SourceTree?.GetRoot().FindNode(error.Location.SourceSpan);
                return node is null ? null : OfName(error, node);
            default:
                return null;
        }
    }

    /// <summary>What to do about an exception; null for nothing that is not said.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="libtorch">Says why libtorch cannot be used, or null where it can; to ask loads it.</param>
    public static string? Of(Exception exception, Func<string?> libtorch)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.Replace('-', ' ').Contains("globalization invariant", StringComparison.OrdinalIgnoreCase))
            {
                return "This machine gives .NET no data of cultures: install ICU (libicu-dev on Debian and Ubuntu, libicu on Fedora), "
                    + "leave the variable DOTNET_SYSTEM_GLOBALIZATION_INVARIANT unset, and restart the kernel.";
            }

            // TorchSharp takes every library that does not load for a reference that is missing.
            if (cause.Message.Contains("TorchSharp", StringComparison.Ordinal) && libtorch() is string refusal)
            {
                return $"{refusal} Then restart the kernel.";
            }
        }

        return null;
    }

    private static string? OfName(Diagnostic error, SyntaxNode node)
    {
        if (error.GetMessage(CultureInfo.InvariantCulture).Contains("Microsoft.DotNet.Interactive", StringComparison.Ordinal))
        {
            return "This is the kit's own kernel, not .NET Interactive. " + Api;
        }

        string name = (node as SimpleNameSyntax ?? node.DescendantNodes().OfType<SimpleNameSyntax>().LastOrDefault())?.Identifier.Text ?? "";
        if (error.Id is "CS1061" or "CS1501" or "CS0117")
        {
            return Members.Contains(name) ? Api : null;
        }

        // A short name is rather a variable that is missing than a tag.
        bool used = node.Parent is InvocationExpressionSyntax or ElementAccessExpressionSyntax && name.Length > 2;
        return Names.GetValueOrDefault(name)
            ?? (used && typeof(PocketViewTags).GetProperty(name, BindingFlags.Public | BindingFlags.Static) is not null
                ? "HTML's tags have names in cells after using static Microsoft.DotNet.Interactive.Formatting.PocketViewTags;" : null);
    }
}
