using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class MimeBundleTests
{
    [Fact]
    public void It_holds_a_value_in_several_formats()
    {
        var bundle = new MimeBundle(new Dictionary<string, string> { ["text/plain"] = "1", ["text/html"] = "<b>1</b>" });

        Assert.Equal("<b>1</b>", bundle.Formats["text/html"]);
    }
}
