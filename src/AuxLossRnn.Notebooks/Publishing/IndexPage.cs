using System.Text;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>The page that leads to the notebooks' pages.</summary>
internal static class IndexPage
{
    /// <summary>Its file.</summary>
    public const string Name = "index.html";

    /// <summary>The page.</summary>
    /// <param name="pages">The pages with their files' names, in order.</param>
    public static string Html(IReadOnlyList<(NotebookPage Page, string Name)> pages)
    {
        var cards = new StringBuilder();
        foreach ((NotebookPage page, string name) in pages)
        {
            string address = Uri.EscapeDataString(name);
            string picture = page.Picture is null ? "" : $"<a class=\"picture\" href=\"{address}\" tabindex=\"-1\" aria-hidden=\"true\">{page.Picture}</a>\n";
            string time = page.Duration is TimeSpan duration ? $"<p class=\"time\">ran {Publishing.Page.Duration(duration)}</p>\n" : "";
            cards.Append($"""
                <li>
                {picture}<div><h2><a href="{address}">{page.Title}</a></h2>
                {page.Summary}{time}</div>
                </li>

                """);
        }

        return Publishing.Page.Html("Notebooks", $"""
            <header class="bar"><span></span><span class="switches">{Publishing.Page.ThemeSwitch}</span></header>
            <main class="index">
            <h1>Notebooks</h1>
            <ul class="cards">
            {cards}</ul>
            </main>

            """, plotly: false);
    }
}
