using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Documents;

/// <summary>The kernels that a notebook of several languages says that it has: <c>kernelInfo</c> in what it says of itself.</summary>
/// <param name="about">What the notebook says of itself; null for nothing.</param>
internal sealed class NotebookKernels(JsonObject? about)
{
    /// <summary>The kernel of the cells that name none; null if the notebook does not say.</summary>
    public string? Default => NotebookFormat.Text(about, "kernelInfo", "defaultKernelName");

    /// <summary>A kernel's name by that or one of its aliases; null for none that the notebook names.</summary>
    /// <param name="word">The name or alias.</param>
    public string? Name(string word) => NotebookFormat.Text(Item(word), "name");

    /// <summary>The language of a kernel, as the kit calls it; the kernel's own name where it runs no such language.</summary>
    /// <param name="kernel">The kernel's name.</param>
    public string Language(string kernel) => CellLanguages.Find(kernel)
        ?? (Item(kernel) is JsonObject item ? CellLanguages.Find(Name(kernel) ?? "") ?? InPage(NotebookFormat.Text(item, "languageName")) : null)
        ?? kernel;

    // Another kernel of C# has variables of its own.
    private static string? InPage(string? language) => CellLanguages.Find(language ?? "") is string known and not CellLanguages.CSharp ? known : null;

    private JsonObject? Item(string word)
    {
        bool Is(JsonNode? name) => name?.GetValueKind() == System.Text.Json.JsonValueKind.String && name.GetValue<string>().Equals(word, StringComparison.OrdinalIgnoreCase);
        return ((about?["kernelInfo"] as JsonObject)?["items"] as JsonArray)?.OfType<JsonObject>()
            .FirstOrDefault(item => Is(item["name"]) || (item["aliases"] is JsonArray aliases && aliases.Any(Is)));
    }
}
