using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using AuxLossRnn.Figures;

namespace AuxLossRnn.Experiments.Tests.Figures;

public sealed class FigureHtmlTests
{
    private static readonly Figure Small = new("[{\"name\":\"</script><!-- a & b\",\"y\":[1.5]}]", "{\"height\":380}", 380);

    [Fact]
    public void The_html_is_well_formed_and_data_cannot_end_the_script()
    {
        XElement root = Parse(Small.ToHtml());
        XElement target = root.Elements("div").Single();
        string script = root.Element("script")!.Value;
        Assert.Contains($"\"{target.Attribute("id")!.Value}\"", script, StringComparison.Ordinal);
        Assert.Contains("\\u003c/script>\\u003c!-- a & b", script, StringComparison.Ordinal);
    }

    [Fact]
    public void The_static_picture_stands_beside_the_drawing_and_the_script_hides_it()
    {
        XElement root = Parse((Small with { StaticSvg = "<svg><rect/></svg>" }).ToHtml());
        XElement[] divs = [.. root.Elements("div")];
        Assert.Equal(2, divs.Length);
        Assert.NotNull(divs[1].Element("svg")!.Element("rect"));
        // For viewers that take the svg element out, and with it whatever they do not know: its text is left without a size.
        Assert.Equal("font-size:0", divs[1].Attribute("style")!.Value);
        XElement picture = divs[1].Element("img")!;
        Assert.NotNull(picture.Attribute("hidden"));
        Assert.Equal("data:image/svg+xml;base64," + Convert.ToBase64String("<svg><rect/></svg>"u8), picture.Attribute("src")!.Value);
        Assert.Equal($"{divs[0].Attribute("id")!.Value}-static", divs[1].Attribute("id")!.Value);
        Assert.Contains("display = \"none\"", root.Element("script")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_figure_has_the_same_html_and_another_one_another_name()
    {
        Assert.Equal(Small.ToHtml(), new Figure(Small.Data, Small.Layout, Small.Height).ToHtml());
        Assert.NotEqual(Small.Id, new Figure(Small.Data, "{\"height\":381}", 380).Id);
    }

    [Fact]
    public void A_figure_is_read_from_its_html()
    {
        Figure[] figures = [Small, Small with { StaticSvg = "<svg><g/><svg/></svg>" }, .. SampleFigures.All.Values.Select(make => make())];
        Assert.All(figures, figure =>
        {
            Assert.True(Figure.TryRead(figure.ToHtml(), out Figure? read));
            Assert.Equal(figure.ToHtml(), read.ToHtml());
            Assert.Equal(figure.StaticSvg, read.StaticSvg);
        });
        Assert.False(Figure.TryRead("<div class=\"auxloss-figure\"></div>", out _));
    }

    [Fact]
    public void Plain_readers_see_the_title() =>
        Assert.Equal("Figure: A & B", new Figure("[]", "{\"title\":{\"text\":\"A &amp; B\"}}", 380).ToString());

    [Fact]
    public void The_script_of_the_same_version_comes_with_the_charts()
    {
        using var script = new StreamReader(SampleFigures.Builder.OpenPlotly());
        Assert.Contains($"plotly.js v{Figure.PlotlyAddress.Split('-')[^1].Replace(".min.js", "", StringComparison.Ordinal)}", script.ReadToEnd()[..200], StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_do_not_follow_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NumberGroupSeparator = ".";
        string[] expected = [.. SampleFigures.All.Values.Select(make => make().Data + make().Layout)];
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(expected, SampleFigures.All.Values.Select(make => make().Data + make().Layout));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(typeof(Figure))]
    [InlineData(typeof(HtmlText))]
    public void A_notebook_finds_the_formatter_by_names_alone(Type type)
    {
        // As .NET Interactive does: no type of the library is known to it.
        object attribute = type.GetCustomAttributes().Single(one => one.GetType().Name == "TypeFormatterSourceAttribute");
        var source = (Type)attribute.GetType().GetProperty("FormatterSourceType")!.GetValue(attribute)!;
        var formatters = (IEnumerable<object>)source.GetMethod("CreateTypeFormatters")!.Invoke(Activator.CreateInstance(source), null)!;
        object formatter = formatters.Single();
        Assert.Equal("text/html", formatter.GetType().GetProperty("MimeType")!.GetValue(formatter));
        using var writer = new StringWriter();
        object value = type == typeof(Figure) ? Small : new HtmlText("<b>a</b>");
        MethodInfo format = formatter.GetType().GetMethod("Format", [typeof(object), typeof(TextWriter)])!;
        Assert.Equal(true, format.Invoke(formatter, [value, writer]));
        Assert.Contains(type == typeof(Figure) ? "auxloss-figure" : "<b>a</b>", writer.ToString(), StringComparison.Ordinal);
    }

    private static XElement Parse(string html)
    {
        // The script's text is not marked up; the rest is XML as well.
        int start = html.IndexOf("(function", StringComparison.Ordinal);
        int end = html.LastIndexOf("</script>", StringComparison.Ordinal);
        return XElement.Parse($"{html[..start]}<![CDATA[{html[start..end]}]]>{html[end..]}");
    }
}
