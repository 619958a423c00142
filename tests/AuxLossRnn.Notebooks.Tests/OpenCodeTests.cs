using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class OpenCodeTests
{
    [Theory]
    [InlineData("\"\"\"\nabc", true)]
    [InlineData("var s = \"\"\"", true)]
    [InlineData("var s = $\"\"\"\n  {1 + 1} and", true)]
    [InlineData("var s = $\"\"\"\n  {1 + 1}", true)]
    [InlineData("#!time\nvar s = \"\"\"\"\n  \"\"\" still", true)]
    [InlineData("var s = \"\"\"abc", false)]
    [InlineData("var s = \"\"\"\nabc\n\"\"\"", false)]
    [InlineData("int = ;", false)]
    [InlineData("", false)]
    [InlineData("#!nothing", false)]
    public void A_raw_string_of_several_lines_may_be_open(string code, bool open) => Assert.Equal(open, OpenCode.EndsInRawString(code));

    [Theory]
    [InlineData("", "")]
    [InlineData("if (true) {", "    ")]
    [InlineData("if (true)\n{  \n", "    ")]
    [InlineData("{\n    for (;;)\n    {", "        ")]
    [InlineData("{\n    int a = 1;", "    ")]
    [InlineData("{\n\tif (true) {", "\t    ")]
    [InlineData("    var s = \"\"\"\n    abc {", "")]
    public void The_next_line_begins_where_its_block_does(string code, string indent) => Assert.Equal(indent, OpenCode.Indent(code));
}
