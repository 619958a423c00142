using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Browser")]
public sealed partial class PublishedPagesTests(PublishedSite site)
{
    private static readonly string[] WithEquations = ["01-", "10-"];

    [Fact]
    public async Task Every_chart_is_drawn_without_a_network_and_without_an_error()
    {
        site.Publish();
        int charts = 0;
        foreach (string path in site.Pages)
        {
            var problems = new List<string>();
            IPage page = await site.Open(path, problems);
            int figures = await page.Locator(".auxloss-figure").CountAsync();
            await page.WaitForFunctionAsync("count => document.querySelectorAll('.auxloss-figure .main-svg .plot').length >= count", figures);
            int[] marks = await page.EvaluateAsync<int[]>(
                "Array.from(document.querySelectorAll('.auxloss-figure')).map(figure => figure.querySelectorAll('.plot .trace path, .plot .hm image').length)");

            Assert.All(marks, count => Assert.True(count > 0, path));
            Assert.Empty(problems);
            Assert.Equal(figures, await page.Locator(".auxloss-figure > [id$='-static']").CountAsync());
            Assert.Equal(0, await page.Locator(".auxloss-figure > [id$='-static']:visible").CountAsync());
            charts += figures;
        }

        Assert.True(charts > 2 * (site.Pages.Length - 2), $"{charts} charts");
    }

    [Fact]
    public async Task Without_scripts_the_pictures_and_the_equations_are_seen()
    {
        site.Publish();
        foreach (string path in site.Pages.Where(path => !path.EndsWith("index.html", StringComparison.Ordinal)))
        {
            IPage page = await site.Open(path, [], options => options.JavaScriptEnabled = false);
            IReadOnlyList<ILocator> pictures = await page.Locator("[id$='-static'] > svg").AllAsync();
            Assert.Equal(Figures().Count(File.ReadAllText(path)), pictures.Count);
            Assert.NotEmpty(pictures);
            Assert.Equal(0, await page.Locator("[id$='-static'] > img:visible").CountAsync());
            foreach (ILocator picture in pictures)
            {
                LocatorBoundingBoxResult? box = await picture.BoundingBoxAsync();
                Assert.True(box is { Width: > 100, Height: > 100 }, path);
            }

            IReadOnlyList<ILocator> equations = await page.Locator("main math").AllAsync();
            Assert.Equal(WithEquations.Any(notebook => path.Contains(notebook, StringComparison.Ordinal)), equations.Count > 0);
            foreach (ILocator equation in equations)
            {
                Assert.True(await equation.BoundingBoxAsync() is { Width: > 4, Height: > 8 });
            }

            Assert.DoesNotContain("$", await page.Locator("main .prose").AllInnerTextsAsync() is { } texts ? string.Concat(texts) : "", StringComparison.Ordinal);
            // A cell opens without them too.
            await page.Locator("summary").First.ClickAsync();
            Assert.True(await page.Locator("pre.source").First.IsVisibleAsync());
        }
    }

    [Fact]
    public async Task Links_lead_to_their_headings_and_the_index_to_the_pages()
    {
        site.Publish();
        foreach (string path in site.Pages)
        {
            IPage page = await site.Open(path, []);
            string[] broken = await page.EvaluateAsync<string[]>(
                "Array.from(document.querySelectorAll('a[href^=\"#\"]')).map(a => a.hash).filter(hash => !document.getElementById(decodeURIComponent(hash.slice(1))))");
            Assert.Empty(broken);
            bool index = path.EndsWith("index.html", StringComparison.Ordinal);
            Assert.Equal(index, await page.Locator(".contents a").CountAsync() == 0);
            foreach (string address in index ? await page.EvaluateAsync<string[]>("Array.from(document.querySelectorAll('.cards a')).map(a => a.href)") : [])
            {
                Assert.True(File.Exists(new Uri(address).LocalPath), address);
            }

            Assert.Equal(await page.EvaluateAsync<int>("document.querySelectorAll('[id]').length"),
                await page.EvaluateAsync<int>("new Set(Array.from(document.querySelectorAll('[id]')).map(one => one.id)).size"));
        }
    }

    [Fact]
    public async Task The_switches_fold_all_code_and_change_the_page_with_its_charts()
    {
        site.Publish();
        IPage page = await site.Open(site.Pages[0], [], options => options.ColorScheme = ColorScheme.Light);
        async Task<string> Colours() => await page.EvaluateAsync<string>(
            "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.querySelector('.gtitle')).fill");
        await page.WaitForFunctionAsync("figures => document.querySelectorAll('.gtitle').length === figures", PublishedSite.FiguresIn(PublishedSite.Originals[0]));
        string light = await Colours();
        await page.Locator("#theme").ClickAsync();
        await page.WaitForFunctionAsync("light => { const now = getComputedStyle(document.querySelector('.gtitle')).fill; return !light.endsWith(now); }", light);
        Assert.NotEqual(light.Split(')')[0], (await Colours()).Split(')')[0]);

        Assert.Equal(0, await page.Locator("details[open]").CountAsync());
        await page.Locator("#fold").ClickAsync();
        Assert.Equal(await page.Locator("details").CountAsync(), await page.Locator("details[open]").CountAsync());
        await page.Locator("#fold").ClickAsync();
        Assert.Equal(0, await page.Locator("details[open]").CountAsync());
    }

    [Fact]
    public async Task A_telephone_shows_it_without_scrolling_sideways_and_paper_shows_the_pictures_in_ink()
    {
        site.Publish();
        foreach (string path in site.Pages)
        {
            IPage page = await site.Open(path, [], options =>
            {
                options.ViewportSize = new ViewportSize { Width = 390, Height = 844 };
                options.ColorScheme = ColorScheme.Dark;
            });
            int figures = await page.Locator(".auxloss-figure").CountAsync();
            await page.WaitForFunctionAsync("count => document.querySelectorAll('.auxloss-figure .main-svg .plot').length >= count", figures);
            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 390, path);

            await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
            Assert.Equal(0, await page.Locator(".js-plotly-plot:visible").CountAsync());
            Assert.Equal(figures, await page.Locator("[id$='-static']:visible").CountAsync());
            Assert.Equal("rgb(0, 0, 0)", await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main')).color"));
            Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        }
    }

    [Fact]
    public void Publishing_changes_the_figures_of_a_notebook_alone_and_a_second_time_nothing()
    {
        site.Publish();
        foreach (string original in PublishedSite.Originals)
        {
            string text = File.ReadAllText(site.Notebook(original));
            Assert.Equal(WithoutFigures(File.ReadAllText(original)), WithoutFigures(text));
            string[] pictures = [.. Regex.Matches(text, "data:image/svg\\+xml;base64,([^\\\\]*)")
                .Select(match => Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value)))];
            Assert.Equal(Figures().Count(text), pictures.Length);
            Assert.All(pictures, picture => Assert.StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" ", picture, StringComparison.Ordinal));
            Assert.NotEmpty(pictures);
            Assert.All(pictures, picture => Assert.InRange(picture.Length, 2000, 150_000));
            Assert.All(pictures, picture => Assert.DoesNotContain("display:none", picture, StringComparison.Ordinal));
        }

        Dictionary<string, string> before = Contents();
        AuxLoss.RunIn(site.Folder, "notebook", "publish", "*.ipynb", "--out", "site").ShouldExitWith(ExitCodes.Done);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Without_a_browser_the_pages_are_written_and_the_notebooks_stay()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "On Windows and macOS browsers are not looked for on the search path.");
        using var folder = new TemporaryFolder();
        string original = PublishedSite.Originals[0];
        File.Copy(original, folder["n.ipynb"]);
        CommandResult result = AuxLoss.RunWithoutPath("notebook", "publish", folder["n.ipynb"], "--out", folder["site"]).ShouldExitWith(ExitCodes.Done);

        Assert.Contains("neither Chromium nor Chrome nor Edge was found", result.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(original), File.ReadAllBytes(folder["n.ipynb"]));
        Assert.Equal(PublishedSite.FiguresIn(original), Regex.Count(File.ReadAllText(folder["site/n.html"]), "<div class=\"auxloss-figure\">"));
    }

    [Fact]
    public void A_browser_that_is_none_is_refused_before_anything_is_written()
    {
        using var folder = new TemporaryFolder();
        CommandResult result = AuxLoss.Run("notebook", "publish", PublishedSite.Originals[0], "--out", folder["site"], "--browser", folder["none"]);

        Assert.Equal(ExitCodes.WrongUsage, result.ExitCode);
        Assert.Contains($"There is no browser {folder["none"]}", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["site"]));
    }

    [Fact]
    public async Task A_figure_shown_twice_is_drawn_twice_and_the_notebook_can_be_kept()
    {
        site.Publish();
        using var folder = new TemporaryFolder();
        string html = new Figures.Figure("[{\"y\":[1,3,2]}]", "{\"title\":{\"text\":\"a < b\"}}", 300).ToHtml();
        var output = new JsonObject
        {
            ["output_type"] = "display_data",
            ["data"] = new JsonObject { ["text/html"] = html },
            ["metadata"] = new JsonObject(),
        };
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray(new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = 1,
                ["id"] = "twice",
                ["metadata"] = new JsonObject(),
                ["outputs"] = new JsonArray(output, output.DeepClone()),
                ["source"] = "figure",
            }),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        File.WriteAllText(folder["twice.ipynb"], notebook.ToJsonString());
        AuxLoss.Run("notebook", "publish", folder["twice.ipynb"], "--out", folder["site"], "--keep-notebooks").ShouldExitWith(ExitCodes.Done);

        Assert.Equal(notebook.ToJsonString(), File.ReadAllText(folder["twice.ipynb"]));
        IPage page = await site.Open(folder["site/twice.html"], []);
        await page.WaitForFunctionAsync("document.querySelectorAll('.auxloss-figure > .js-plotly-plot .plot').length === 2");
        Assert.Equal(0, await page.Locator("[id$='-static']:visible").CountAsync());
    }

    [Fact]
    public async Task Cells_of_JavaScript_run_one_after_the_other_with_names_of_their_own_and_with_await()
    {
        site.Publish();
        using var folder = new TemporaryFolder();
        folder.Write("s.dib", """
            #!meta

            {"kernelInfo":{"defaultKernelName":"csharp","items":[{"aliases":[],"languageName":"JavaScript","name":"webview"}]}}

            #!csharp

            var numbers = new object[] { 9007199254740993, double.NaN, 0.5 };

            #!html

            #!share --from csharp numbers --as atOnce
            <p id="seen"></p><script>document.getElementById("seen").append(atOnce.map(one => typeof one).join());</script>

            #!javascript

            #!share --from csharp numbers
            const x = await new Promise(done => document.addEventListener("DOMContentLoaded", () => done(numbers)));
            document.getElementById("seen").append(` ${x}`, "</script>".slice(0, 1));

            #!javascript

            const x = missing;

            #!webview

            #!set --name numbers --value [1]
            const x = numbers;
            document.getElementById("seen").append(` ${x}`); // the last

            """);
        AuxLoss.RunIn(folder.Path, "notebook", "run", "s.dib", "--out", "s.ipynb").ShouldExitWith(ExitCodes.Done);
        AuxLoss.RunIn(folder.Path, "notebook", "publish", "s.ipynb", "--out", "site").ShouldExitWith(ExitCodes.Done);
        var problems = new List<string>();
        IPage page = await site.Open(folder["site/s.html"], problems);
        await page.WaitForFunctionAsync("document.getElementById('seen').textContent.endsWith(' 1')");

        Assert.Equal("bigint,number,number 9007199254740993,NaN,0.5< 1", await page.Locator("#seen").TextContentAsync());
        Assert.Contains("missing is not defined", Assert.Single(problems), StringComparison.Ordinal);
    }

    private Dictionary<string, string> Contents() => Directory.GetFiles(site.Folder, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));

    private static string WithoutFigures(string notebook)
    {
        JsonNode root = JsonNode.Parse(notebook)!;
        foreach (JsonNode? output in root["cells"]!.AsArray().SelectMany(cell => cell!["outputs"]?.AsArray() ?? []))
        {
            if (output!["data"] is JsonObject data && data["text/html"]?.ToJsonString().Contains("auxloss-figure", StringComparison.Ordinal) == true)
            {
                data.Remove("text/html");
                data.Remove("text/plain");
            }
        }

        return root.ToJsonString();
    }

    /// <summary>In a page, and in the JSON of a notebook.</summary>
    [GeneratedRegex("<div class=\\\\?\"auxloss-figure\\\\?\">")]
    private static partial Regex Figures();
}
