using System.Reflection;
using AuxLossRnn.Figures;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>What other hosts look for in a value that ends a cell. The library refers to none of them.</summary>
public sealed class HostConventionTests
{
    private static readonly Figure Small = new("""[{"y":[1,2]}]""", "{}", 300);

    public static TheoryData<Type> Shown => [.. typeof(IHtml).Assembly.GetExportedTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IHtml)))];

    [Fact]
    public void The_formatters_of_NET_Interactive_find_the_attribute()
    {
        Assert.Equal(["text/html"], Formatter.GetPreferredMimeTypesFor(typeof(Figure)));
        Assert.Contains("plotly.newPlot", Small.ToDisplayString("text/html"), StringComparison.Ordinal);
        Assert.Equal("<b>a</b>", new HtmlText("<b>a</b>").ToDisplayString("text/html"));
    }

    [Theory]
    [MemberData(nameof(Shown))]
    public void Hosts_that_look_for_ToHtml_find_it(Type type)
    {
        // As Verso looks for it: on the class itself, so that an explicit implementation would not be seen.
        MethodInfo? method = type.GetMethod("ToHtml", BindingFlags.Public | BindingFlags.Instance, null, Type.EmptyTypes, null);

        Assert.Equal(typeof(string), method?.ReturnType);
    }

    [Fact]
    public void ToHtml_gives_the_figure()
    {
        string html = (string)typeof(Figure).GetMethod("ToHtml", Type.EmptyTypes)!.Invoke(Small, null)!;

        Assert.Contains("plotly.newPlot", html, StringComparison.Ordinal);
    }
}
