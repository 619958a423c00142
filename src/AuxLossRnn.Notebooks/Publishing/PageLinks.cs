using System.Text;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>The links to places in pages: each leads to the place that it means in Jupyter, or is named.</summary>
/// <param name="pages">The pages by their files' names.</param>
internal sealed class PageLinks(IReadOnlyDictionary<string, NotebookPage> pages)
{
    // Whatever a page has with a name: headings, and what HTML in cells and outputs brings.
    private readonly Dictionary<string, HashSet<string>> _ids = pages.ToDictionary(page => page.Key, page => Ids(page.Value.Html));

    /// <summary>A page with its links mended.</summary>
    /// <param name="name">Its file's name.</param>
    /// <param name="warn">Told of links that lead nowhere.</param>
    public NotebookPage Mend(string name, Action<string> warn)
    {
        NotebookPage page = pages[name];
        return page with { Html = HtmlTags.Change(page.Html, (tag, attribute, value) => tag is "a" or "area" && attribute == "href" ? Place(name, value, warn) : value) };
    }

    private string Place(string name, string address, Action<string> warn)
    {
        int hash = address.IndexOf('#', StringComparison.Ordinal);
        string file = hash > 0 ? Uri.UnescapeDataString(address[..hash]) : name;
        if (hash < 0 || hash + 1 == address.Length || !pages.TryGetValue(file, out NotebookPage? page))
        {
            return address;
        }

        string place = Uri.UnescapeDataString(address[(hash + 1)..]);
        // As Jupyter names it, else as it is named in HTML, else as GitHub and VS Code name it.
        Heading? heading = page.Headings.FirstOrDefault(one => one.Name == place);
        if (heading is null && !_ids[file].Contains(place))
        {
            heading = page.Headings.FirstOrDefault(one => Slug(one.Name) == Slug(place));
            if (heading is null && place != "top")
            {
                warn($"the link {address} leads to no place in {(file == name ? "the notebook" : file)}: there is no heading '{place.Replace('-', ' ')}'.");
            }
        }

        return heading is null || heading.Id == place ? address : $"{address[..hash]}#{Uri.EscapeDataString(heading.Id)}";
    }

    private static HashSet<string> Ids(string html)
    {
        var ids = new HashSet<string>();
        HtmlTags.Change(html, (tag, attribute, value) =>
        {
            if (attribute == "id" || (attribute == "name" && tag == "a"))
            {
                ids.Add(value);
            }

            return value;
        });
        return ids;
    }

    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (char c in text.ToLowerInvariant())
        {
            slug.Append(char.IsLetterOrDigit(c) || c is '-' or '_' ? c : "");
        }

        return slug.ToString();
    }
}
