using System.Reflection;

namespace AuxLossRnn.Figures;

/// <summary>The notebook that this process runs the cells of, if any.</summary>
public static class NotebookHost
{
    private static readonly string[] MimeTypes = ["text/html"];

    /// <summary>Shows HTML under the running cell and gives back what replaces it; set by a host that is not .NET Interactive.</summary>
    public static Func<string, Action<string>>? Display { get; set; }

    /// <summary>What stops the running cell; set by a host that can stop cells.</summary>
    public static Func<CancellationToken>? Stopping { get; set; }

    /// <summary>Shows HTML under the running cell.</summary>
    /// <param name="html">The HTML.</param>
    /// <returns>What replaces it; null outside of notebooks.</returns>
    public static Action<string>? Show(string html) => Display is { } display ? display(html) : ShowInteractive(html);

    /// <summary>.NET Interactive's own display, found by its names: the library does not refer to it.</summary>
    private static Action<string>? ShowInteractive(string html)
    {
        const string library = "Microsoft.DotNet.Interactive";
        Assembly? interactive = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(one => one.GetName().Name == library);
        Type? contextType = interactive?.GetType($"{library}.KernelInvocationContext");
        object? context = contextType?.GetProperty("Current", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
        if (context is null)
        {
            return null; // no .NET Interactive, or no cell is running
        }

        // An extension method that gives back a DisplayedValue.
        MethodInfo? display = interactive!.GetType($"{library}.KernelInvocationContextExtensions")
            ?.GetMethod("Display", [contextType!, typeof(object), typeof(string[])]);
        object? shown = display?.Invoke(null, [context, new HtmlText(html), MimeTypes]);
        MethodInfo? update = shown?.GetType().GetMethod("Update", [typeof(object)]);
        return update is null ? null : next => update.Invoke(shown, [new HtmlText(next)]);
    }
}
