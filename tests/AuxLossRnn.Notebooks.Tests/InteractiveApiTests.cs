using System.Globalization;
using AuxLossRnn.Notebooks.Session;
using AuxLossRnn.Runtime;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Cells that were written for .NET Interactive: what works here as it does there, and what says what to write instead.</summary>
public sealed class InteractiveApiTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CSharpSession _session;

    public InteractiveApiTests() => _session = new CSharpSession(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        Formatter.ResetToDefault();
        await _session.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Recording> Run(string code)
    {
        var output = new Recording();
        CellResult result = await _session.ExecuteAsync(code, output);
        Assert.True(result.Status == CellStatus.Succeeded, string.Join("\n", result.Error?.Traceback ?? []));
        return output;
    }

    private async Task<CellError> Fail(string code) => (await _session.ExecuteAsync(code, new Recording())).Error!;

    [Theory]
    [InlineData("display(HTML(\"<b>x</b>\"))")]
    [InlineData("\"x\".DisplayAs(\"text/html\")")]
    [InlineData("5.Display()")]
    [InlineData("new[] { 1 }.DisplayTable()")]
    public async Task What_was_displayed_is_not_shown_again_as_the_cells_value(string code)
    {
        Recording output = await Run(code);

        Assert.Single(output.Displays);
        Assert.Null(output.Value);
    }

    [Theory]
    [InlineData("\"<x>\".Display(\"text/plain\");", "text/plain", "<x>")]
    [InlineData("display(HTML(\"<b>x</b>\"), \"text/html\");", "text/html", "<b>x</b>")]
    [InlineData("KernelInvocationContext.Current.Display(HTML(\"<i>k</i>\"), \"text/html\");", "text/html", "<i>k</i>")]
    [InlineData("Microsoft.DotNet.Interactive.KernelInvocationContext.Current.DisplayAs(\"*m*\", \"text/markdown\");", "text/markdown", "*m*")]
    [InlineData("using Microsoft.DotNet.Interactive;\nKernelInvocationContext.Current.Display(1, \"text/plain\");", "text/plain", "1")]
    [InlineData("Javascript(\"f()\");", "text/html", "<script type=\"text/javascript\">f()</script>")]
    [InlineData("#!javascript\nf()", "text/html", "<script type=\"text/javascript\">\nglobalThis.auxlossCells = Promise.resolve(globalThis.auxlossCells).then(async () => {\nf()\n}).catch(console.error);\n</script>")]
    [InlineData("using static Microsoft.DotNet.Interactive.Formatting.PocketViewTags;\ndisplay(div(b(\"hi\")));", "text/html", "<div><b>hi</b></div>")]
    public async Task What_is_displayed_has_the_format_asked_for(string code, string format, string expected)
    {
        (MimeBundle value, _) = Assert.Single((await Run(code)).Displays);

        Assert.Equal(expected, value.Formats[format]);
    }

    [Fact]
    public async Task Tables_have_a_column_for_each_property()
    {
        (MimeBundle value, _) = Assert.Single((await Run("new[] { new { Cells = 1, Name = \"x\" } }.DisplayTable();")).Displays);

        Assert.Matches("<thead>.*Cells.*Name.*</thead>", value.Formats["text/html"]);
        Assert.Contains("Cells: 1", value.Formats["text/plain"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Formatter.Register<int[]>(a => $\"<b>{a.Length}</b>\", \"text/html\");\nnew[] { 1, 2 }", "<b>2</b>")]
    [InlineData("Formatter.Register<string>(s => $\"<i>{s}</i>\", \"text/html\");\nFormatter.SetPreferredMimeTypesFor(typeof(string), \"text/html\");\n\"x\"", "<i>x</i>")]
    [InlineData("public class Own { public string ToHtml() => \"own\"; }\nFormatter.Register<Own>(o => \"mine\", \"text/html\");\nnew Own()", "mine")]
    public async Task Formatters_that_a_cell_registers_are_used(string code, string expected) =>
        Assert.Equal(expected, (await Run(code)).Value!.Formats["text/html"]);

    [Theory]
    [InlineData("public class A { public string ToHTML() => \"<u>a</u>\"; }\nnew A()", "<u>a</u>")]
    [InlineData("public class B { public string GetHtml() => \"<u>b</u>\"; }\nnew B()", "<u>b</u>")]
    // As an F# library has it: Plotly.NET, for one.
    [InlineData("public class C { public static string toChartHTML(C chart) => \"<u>c</u>\"; }\npublic class D : C { }\nnew D()", "<u>c</u>")]
    public async Task A_value_with_its_own_HTML_is_shown_by_it(string code, string expected) =>
        Assert.Equal(expected, (await Run(code)).Value!.Formats["text/html"]);

    [Theory]
    [InlineData("csharp.Display()", "CS0103", "value.Display()")]
    [InlineData("Kernel.Root.Name", "CS0103", "has no Kernel object")]
    [InlineData("using Microsoft.DotNet.Interactive.Commands;", "CS0234", "the kit's own kernel")]
    [InlineData("new[] { 1 }.Explore();", "CS1061", ".DisplayTable")]
    [InlineData("table(tr(td(1)))", "CS0103", "using static Microsoft.DotNet.Interactive.Formatting.PocketViewTags;")]
    [InlineData("public static class Ext { public static string Excited(this string s) => s + \"!\"; }", "CS1109", "public static string Excited(this string s)")]
    [InlineData("#load \"mine.cs\"", "CS7021", "#r \"library.dll\"")]
    public async Task A_compilers_error_is_followed_by_what_to_write_instead(string code, string error, string instead)
    {
        _folder.Write("mine.cs", "namespace Mine;\npublic static class Ext { public static int Twice(this int x) => 2 * x; }");
        CellError problem = await Fail(code);

        Assert.StartsWith(error, problem.Message, StringComparison.Ordinal);
        Assert.Contains(instead, problem.Message, StringComparison.Ordinal);
        Assert.Contains(instead, problem.Traceback[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("undeclared + 1")]
    [InlineData("a[0]")]
    [InlineData("1.Nothing()")]
    public async Task Other_errors_are_the_compilers_alone(string code) =>
        Assert.DoesNotContain("\n", (await Fail(code)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Extension_methods_stand_outside_of_classes()
    {
        await Run("public static string Excited(this string s) => s + \"!\";");

        Assert.Equal("so!", (await Run("\"so\".Excited()")).Value!.Formats["text/plain"]);
    }

    [Theory]
    [InlineData("#!connect mssql", "from C# with its package")]
    [InlineData("#!fsharp\nlet x = 1", "begins F#, which the kit does not run: Microsoft's tool")]
    [InlineData("#!f#", "begins F#")]
    [InlineData("#!sql-northwind", "from C# with its package")]
    [InlineData("#!python", "Jupyter runs it")]
    public async Task A_directive_of_NET_Interactive_is_refused_with_its_counterpart(string code, string instead) =>
        Assert.Contains(instead, (await Fail(code)).Message, StringComparison.Ordinal);

    // Many clients show the lines of the traceback alone.
    [Theory]
    [InlineData("#!fsharp\nlet x = 1")]
    [InlineData("#!javascript\n#!share --from csharp nothere")]
    public async Task An_error_of_the_kit_names_no_class_of_it(string code)
    {
        CellError error = await Fail(code);

        Assert.Equal([error.Message], error.Traceback);
    }

    [Fact]
    public async Task The_list_of_variables_is_a_table()
    {
        await Run("int apples = 3;");
        string html = (await Run("Variables()")).Value!.Formats["text/html"];

        Assert.Matches("(?s)Name</.*<td[^>]*>.*apples.*<td[^>]*>.*Int32.*<td[^>]*>.*3", html);
        Assert.DoesNotContain("<details", html, StringComparison.Ordinal); // what a value without a table of its own is folded into
    }

    [Fact]
    public async Task Directives_that_ask_are_answered()
    {
        Assert.Contains("AuxLossRnn", Displayed(await Run("#!about")), StringComparison.Ordinal);
        Assert.Contains("#!import", Displayed(await Run("#!lsmagic")), StringComparison.Ordinal);
        await Run("int apples = 1; var pears = new[] { 2, 3 };");
        string variables = Displayed(await Run("double apples = 2.5;\n#!whos\nint later = 1;"));

        Assert.Matches("(?s)apples.*Double.*2.5.*pears", variables);
        Assert.DoesNotContain("later", variables, StringComparison.Ordinal);

        static string Displayed(Recording output) => Assert.Single(output.Displays).Value.Formats["text/plain"];
    }

    [Theory]
    [InlineData("#i \"nuget:nowhere\"", "there is no folder")]
    [InlineData("#i \"https://example.org/index.json\"", "#i \"nuget:https://")]
    public async Task A_feed_that_is_none_is_refused(string code, string reason) =>
        Assert.Contains(reason, (await Fail(code)).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_shown_has_numbers_with_a_point_whatever_the_cells_language()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = commas;

            Assert.Equal("1.5", ValueFormats.Of(1.5).Formats["text/plain"]);
            Assert.Equal("<b>2.5</b>", ValueFormats.Of(new Half(2.5)).Formats["text/html"]);
            Assert.Same(commas, CultureInfo.CurrentCulture);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Where_there_are_no_cultures_the_error_says_how_to_get_them()
    {
        Assert.SkipUnless(AppContext.TryGetSwitch("System.Globalization.Invariant", out bool invariant) && invariant, "This process has cultures.");

        Assert.Contains("install ICU", (await Fail("new System.Globalization.CultureInfo(\"de-DE\")")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fsharp", "F#")]
    [InlineData("pwsh", "PowerShell")]
    [InlineData("cobol", "none that is known")]
    public void A_cell_of_another_language_is_not_taken_for_C_sharp(string language, string said) =>
        Assert.Contains($"The cell is of the language {language}, as its metadata says. That is {said}", Assert.Throws<UserException>(() => CellLanguages.Prefixed("1", language, "The cell")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "x")]
    [InlineData("csharp", "x")]
    [InlineData("html", "#!html\nx")]
    public void A_cell_of_a_language_that_is_known_is_run_in_it(string? language, string code) =>
        Assert.Equal(code, CellLanguages.Prefixed("x", language, "The cell"));

    private sealed record Half(double Value)
    {
        public string ToHtml() => $"<b>{Value}</b>";
    }
}
