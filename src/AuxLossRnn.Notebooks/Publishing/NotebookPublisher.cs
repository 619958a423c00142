using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>Makes notebooks into pages that open from disk, and puts static pictures of their figures into them.</summary>
public static class NotebookPublisher
{
    private const int PictureWidth = 800;

    /// <summary>Writes a page for each notebook, an index of them, and plotly.js beside; then the notebooks with their pictures.</summary>
    /// <param name="paths">The notebooks.</param>
    /// <param name="folder">Where the pages go.</param>
    /// <param name="loadDrawer">Finds what draws the static pictures; where it throws, those that the notebooks have stay.</param>
    /// <param name="keepNotebooks">Whether the notebooks stay as they are; the pages have new pictures all the same.</param>
    /// <param name="warn">Told what could not be done; the pages are written all the same.</param>
    /// <param name="cancellation">Stops it before anything is written.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="UserException">A notebook that is none or was not run, two of one name, or a folder that cannot be written.</exception>
    public static async Task<IReadOnlyList<string>> PublishAsync(
        IReadOnlyList<string> paths, string folder, Func<IFigureDrawer> loadDrawer, bool keepNotebooks, Action<string> warn, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(loadDrawer);
        ArgumentNullException.ThrowIfNull(warn);
        RequireFolder(folder);
        Dictionary<string, string> pages = Pages(paths);
        NotebookDocument[] notebooks = [.. paths.Select(Read)];
        string[] before = [.. notebooks.Select(notebook => notebook.ToJson())];
        PublishedFigure[] figures = [.. notebooks.SelectMany(notebook => notebook.Cells).Where(cell => cell.IsCode)
            .SelectMany(cell => cell.Outputs.OfType<JsonObject>()).Select(PublishedFigure.Of).OfType<PublishedFigure>()];
        string? plotly = figures.Length == 0 ? null : Plotly();
        if (plotly is not null)
        {
            try
            {
                IReadOnlyList<string> drawings = await loadDrawer().DrawAsync([.. figures.Select(figure => figure.Figure)], plotly, PictureWidth, cancellation);
                foreach ((PublishedFigure figure, string drawing) in figures.Zip(drawings))
                {
                    figure.Replace(StaticPicture.Clean(figure.Figure, drawing));
                }
            }
            catch (UserException problem)
            {
                warn($"New static pictures of the figures were not made: {problem.Message}");
            }
        }

        var equations = new Equations();
        var drafts = new Dictionary<string, NotebookPage>();
        foreach ((NotebookDocument notebook, string path) in notebooks.Zip(paths))
        {
            cancellation.ThrowIfCancellationRequested();
            drafts[pages[Path.GetFullPath(path)]] = NotebookPage.Make(notebook, path, folder, equations, pages, warn);
        }

        var links = new PageLinks(drafts);
        string[] names = [.. paths.Select(path => pages[Path.GetFullPath(path)])];
        NotebookPage[] made = [.. names.Zip(paths, (name, path) => links.Mend(name, problem => warn($"{path}: {problem}")))];
        var written = new List<string>();
        void Write(string path, string text)
        {
            try
            {
                string into = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!).FullName;
                AtomicFile.DeleteLeftovers(into); // of a publishing that was killed
                AtomicFile.WriteText(path, text);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new UserException($"The page {path} cannot be written: {problem.Message} If that cannot be mended, give another folder.", problem);
            }

            written.Add(path);
        }

        if (plotly is not null)
        {
            Write(Path.Combine(folder, Page.Plotly), plotly);
        }

        foreach ((NotebookPage page, string name) in made.Zip(names))
        {
            Write(Path.Combine(folder, name), page.Html);
        }

        Write(Path.Combine(folder, IndexPage.Name), IndexPage.Html([.. made.Zip(names)]));
        for (int i = 0; i < notebooks.Length && !keepNotebooks; i++)
        {
            if (notebooks[i].ToJson() is string after && after != before[i])
            {
                Write(NotebookFile.Require(paths[i]), after);
            }
        }

        return written;
    }

    // Before the pictures are drawn, which takes its time.
    private static void RequireFolder(string folder)
    {
        for (string? at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)); at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
            {
                throw new UserException($"{at} is a file, so no pages can be written into {folder}: give another folder.");
            }
        }
    }

    private static Dictionary<string, string> Pages(IReadOnlyList<string> paths)
    {
        var pages = new Dictionary<string, string>();
        foreach (string path in paths)
        {
            string page = Path.GetFileNameWithoutExtension(path) + ".html";
            if (page.Equals(IndexPage.Name, StringComparison.OrdinalIgnoreCase) || pages.Values.Contains(page, StringComparer.OrdinalIgnoreCase))
            {
                throw new UserException($"{path} would become {page}, which another page is called: rename the notebook, or publish it apart.");
            }

            pages[Path.GetFullPath(path)] = page;
        }

        return pages;
    }

    private static NotebookDocument Read(string path)
    {
        NotebookDocument notebook = NotebookDocument.Read(path);
        NotebookCell[] code = [.. notebook.Cells.Where(cell => cell.IsCode && !string.IsNullOrWhiteSpace(cell.Source))];
        return code.Length > 0 && code.All(cell => cell.Outputs.Count == 0)
            ? throw new UserException($"{path} has no outputs, so there is nothing to show: run it first, with `auxloss notebook run {path}{(DibFile.Is(path) ? $" --out {Path.ChangeExtension(path, ".ipynb")}`, and publish what it writes" : "`")}.")
            : notebook;
    }

    private static string Plotly()
    {
        using var reader = new StreamReader(Figures.Figures.Default.OpenPlotly());
        return reader.ReadToEnd();
    }
}
