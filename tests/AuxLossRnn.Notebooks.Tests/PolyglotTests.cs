using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>Cells of several languages, and the values that pass between them.</summary>
public sealed class PolyglotTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CSharpSession _session;

    public PolyglotTests() => _session = new CSharpSession(_folder.Path);

    public async ValueTask DisposeAsync()
    {
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

    private async Task<string> Value(string code) => (await Run(code)).Value!.Formats["text/plain"];

    private static string Script(Recording output, int index) => output.Displays[index].Value.Formats["text/html"];

    [Theory]
    [InlineData("var x = 1;", "1")]
    [InlineData("var x = new[] { 1.5, double.NaN };", "[1.5,NaN]")]
    [InlineData("var x = new Dictionary<double, float> { [0.5] = float.NegativeInfinity };", "{\"0.5\":-Infinity}")]
    [InlineData("var x = new object[] { 9007199254740992, -9007199254740993, 9007199254740994d, ulong.MaxValue, System.Numerics.BigInteger.Pow(10, 20), \"9007199254740993 \\\" 9007199254740993\" };",
        "[9007199254740992,-9007199254740993n,9007199254740994.0,18446744073709551615n,100000000000000000000n,\"9007199254740993 \\u0022 9007199254740993\"]")]
    [InlineData("var x = \"</script>\\u00e9\";", "\"\\u003C/script\\u003Eé\"")]
    [InlineData("var x = new[] { new { Steps = 8, Name = \"r\" } };", "[{\"Steps\":8,\"Name\":\"r\"}]")]
    [InlineData("var x = new[] { (1, \"a\") };", "[{\"Item1\":1,\"Item2\":\"a\"}]")]
    [InlineData("using Microsoft.Data.Analysis; var x = new DataFrame(new Int32DataFrameColumn(\"K\", new int?[] { 1, null }), new StringDataFrameColumn(\"m\", new[] { \"a\", \"b\" }));", "[{\"K\":1,\"m\":\"a\"},{\"K\":null,\"m\":\"b\"}]")]
    [InlineData("var x = TorchSharp.torch.tensor(new[,] { { 1, 2 }, { 3, 4 } });", "[[1,2],[3,4]]")]
    [InlineData("var x = TorchSharp.torch.tensor(new[] { true, false });", "[1,0]")]
    [InlineData("var x = new { A = new[] { TorchSharp.torch.zeros(2, 0), TorchSharp.torch.tensor(0.5) }, B = new Dictionary<string, object> { [\"c\"] = TorchSharp.torch.complex(TorchSharp.torch.ones(1), TorchSharp.torch.full(new long[] { 1 }, 2f)) } };",
        "{\"A\":[[[],[]],0.5],\"B\":{\"c\":[[1.0,2.0]]}}")]
    [InlineData("using Microsoft.Data.Analysis; var x = (1, new[] { new DataFrame(new DoubleDataFrameColumn(\"K\", new[] { 1.0, double.NaN })) });", "{\"Item1\":1,\"Item2\":[[{\"K\":1.0},{\"K\":NaN}]]}")]
    public async Task JavaScript_gets_a_value_of_CSharp_as_JSON(string declare, string json)
    {
        Recording output = await Run($"#r \"Microsoft.Data.Analysis.dll\"\n#r \"TorchSharp.dll\"\n{declare}\n#!javascript\n#!share --from csharp x\nshow(x);");

        Assert.Equal(2, output.Displays.Count);
        Assert.Equal($"globalThis[\"x\"] = {json};", Script(output, 0).Split('\n')[2]);
        Assert.Equal("show(x);", Script(output, 1).Split('\n')[2]);
        Assert.Equal("x is shared with JavaScript", output.Displays[0].Value.Formats["text/plain"]);
    }

    [Theory]
    [InlineData("#!share --from csharp x --as y", "globalThis[\"y\"] = 5;")]
    [InlineData("#!set --name y --value @csharp:x", "globalThis[\"y\"] = 5;")]
    [InlineData("#!share --from c# x", "globalThis[\"x\"] = 5;")]
    [InlineData("#!set --name y --value 7", "globalThis[\"y\"] = \"7\";")]
    [InlineData("#!set --name y --value [1, {\"a\": 2}]", "globalThis[\"y\"] = [1, {\"a\": 2}];")]
    [InlineData("#!set --name y --value {\"a\": \" --b\", \"c\": 9007199254740993}", "globalThis[\"y\"] = {\"a\": \" --b\", \"c\": 9007199254740993n};")]
    [InlineData("#!set --value \"a \\\"b\\\" --c\" --name y", "globalThis[\"y\"] = \"a \\u0022b\\u0022 --c\";")]
    public async Task JavaScript_gets_a_value_by_another_name(string directive, string expected) =>
        Assert.Contains(expected, Script(await Run($"int x = 5;\n#!js\n{directive}"), 0), StringComparison.Ordinal);

    [Theory]
    [InlineData("#!value --name t\na text\nof two lines\n", "#!share --from value t", "t", "a text\nof two lines")]
    [InlineData("#!value --name t --from-value inline", "#!set --name u --value @value:t", "u", "inline")]
    [InlineData("#!value --name t --from-file t.txt", "#!share --from value t --as u", "u", "of a file")]
    [InlineData("#!value --name t --mime-type application/json\n{\"a\": 3}", "#!share --from value t", "$\"{t.RootElement.GetProperty(\"a\")}\"", "3")]
    public async Task CSharp_gets_a_value_of_the_kernel_value(string store, string get, string expression, string expected)
    {
        _folder.Write("t.txt", "of a file");
        await Run(store);

        Assert.Equal(expected, await Value($"{get}\n{expression}"));
        Assert.Equal(expected, await Value(expression));
    }

    [Fact]
    public async Task The_kernel_value_gets_a_value_of_CSharp()
    {
        await Run("var pair = new[] { 1, 2 };\n#!value\n#!share --from csharp pair --as text --mime-type application/json");

        Assert.Equal("2", await Value("#!share --from value text\n$\"{text.RootElement.GetArrayLength()}\""));
    }

    [Theory]
    [InlineData("5", "Int32 5")]
    [InlineData("5.0", "Double 5")]
    [InlineData("9007199254740993", "Int64 9007199254740993")]
    [InlineData("System.Numerics.BigInteger.Pow(10, 20)", "BigInteger 100000000000000000000")]
    [InlineData("'c'", "Char c", "String c")]
    [InlineData("double.NaN", "Double NaN", "String NaN")]
    public async Task A_number_stays_what_it_is_from_CSharp_to_CSharp_at_once_or_by_way_of_the_kernel_value(string number, string same, string? kept = null)
    {
        await Run($"var x = {number};\n#!set --name y --value @csharp:x\n#!value\n#!share --from csharp x\n#!csharp\n#!share --from value x --as z");

        Assert.Equal($"{same}, {kept ?? same}", await Value("$\"{y.GetType().Name} {y}, {z.GetType().Name} {z}\""));
    }

    [Theory]
    [InlineData("#!html\n\n#!share --from csharp x\n<p>", "<script type=\"text/javascript\">\nglobalThis[\"x\"] = 5;\n</script>", "<p>")]
    [InlineData("#!js\n#!time\nf()\n#!share --from csharp x", "x is shared with JavaScript", "f()")]
    [InlineData("#!mermaid\n#!who\ngraph TD", "x", "graph TD")]
    [InlineData("#!markdown\n# a\n```sh\n#!/bin/sh\n#!csharp\n#!share --from csharp x\n```\n#!html\n<p>", "```sh\n#!/bin/sh\n#!csharp\n#!share --from csharp x\n```", "<p>")]
    [InlineData("#!html\ntext\n#!share --from csharp x\n#!nothing\n#!js\nf()", "text\n#!share --from csharp x\n#!nothing", "f()")]
    [InlineData("#!markdown\n#!/bin/sh\n\n    #!csharp\n\ntext\n#!csharp\nx.Display();", "#!/bin/sh\n\n    #!csharp\n\ntext", "5")]
    public async Task Directives_above_the_text_of_another_language_are_carried_out_and_others_are_text(string cell, string first, string second)
    {
        Recording output = await Run($"int x = 5;\n{cell}");

        Assert.Contains(first, string.Join("\n", output.Displays[0].Value.Formats.Values), StringComparison.Ordinal);
        Assert.Contains(second, string.Join("\n", output.Displays[1].Value.Formats.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_is_set_in_CSharp_has_its_type()
    {
        await Run("var list = new List<int> { 1, 2 };\n#!set --byref --name again --value @csharp:list\nagain.Add(3);");

        Assert.Equal("3", await Value("list.Count"));
        Assert.Contains("again", (await _session.CompleteAsync("aga", 3)).Matches);
    }

    [Theory]
    [InlineData("int x = 1;\n#!javascript\n\n#!share --from csharp missing", 4, "a variable missing in C#; #!who lists")]
    [InlineData("#!share --from fsharp x", 1, "fsharp")]
    [InlineData("#!share --from javascript x", 1, "from JavaScript")]
    [InlineData("#!set --name x --value @input:y", 1, "nobody is asked")]
    [InlineData("#!share x", 1, "--from")]
    [InlineData("#!share --frm csharp x", 1, "has no --frm")]
    [InlineData("#!value --name x --from-file none.txt", 1, "none.txt")]
    [InlineData("#!share --from value none", 1, "none")]
    [InlineData("int location = 1;\n#!javascript\n#!share --from csharp location", 3, "--as")]
    [InlineData("class P { public int A => throw new Exception(\"oh\"); }\nvar x = new P();\n#!javascript\n#!share --from csharp x", 4, "x cannot be shared as JSON: oh Share")]
    [InlineData("#!javascript\n#!set --name q --value [1, oops", 2, "q is said to be JSON, but is none")]
    [InlineData("#!value --name t --mime-type application/json\nnot json\n#!csharp\n#!share --from value t", 4, "'not json' is an invalid JSON literal")]
    [InlineData("var x = new { F = (Action)(() => { }) };\n#!javascript\n#!share --from csharp x", 3, "cannot be shared as JSON")]
    [InlineData("class N { public N Next { get; set; } }\nvar x = new N();\nx.Next = x;\n#!javascript\n#!share --from csharp x", 5, "it holds itself, or goes on for more than 64 values in one another: x.Next.Next")]
    [InlineData("int x = 1;\nif (true)\n{\n#!set --name y --value @csharp:x\n}", 4, "#!set stands within braces")]
    [InlineData("{ #!share --from csharp x }", 1, "outside of braces")]
    [InlineData("#!markdown\n#!set --name y --value 1\n# a", 2, "as Markdown takes none")]
    [InlineData("#!js\nf();\n#!fsharp\nlet x = 1", 3, "F#, which the kit does not run")]
    [InlineData("#!set --name \"a b\" --value 5", 1, "\"a b\" is no name of a variable in C#")]
    [InlineData("#!javascript\n#!set --name 1x --value 5", 2, "\"1x\" is no name of a variable in JavaScript")]
    [InlineData("#!value --name \"\"\ntext", 1, "a name that is not empty")]
    [InlineData("#!value\ntext", 1, "--name")]
    [InlineData("#!value --name a\nt\n#!csharp\n\n#!set --name 3b --value @value:a", 5, "3b")]
    public async Task What_cannot_be_shared_is_said_with_its_line(string code, int line, string said)
    {
        CellError error = await Fail(code);

        Assert.Equal(line, error.Line);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_cell_prints_after_it_shared_is_its_own() =>
        Assert.Equal("before after", (await Run("int x = 1;\nConsole.Write(\"before \");\n#!set --name y --value @csharp:x\nConsole.Write(\"after\");")).Out);

    [Fact]
    public async Task What_a_value_prints_while_it_is_shared_is_the_cells() => Assert.Equal(
        "said ", (await Run("IEnumerable<int> Talk() { Console.Write(\"said \"); yield return 1; }\nvar talk = Talk();\n#!javascript\n#!share --from csharp talk")).Out);

    [Fact]
    public async Task Variables_of_both_kernels_are_listed()
    {
        await Run("int apples = 1;\n#!value --name pears\ntwo");

        Assert.Matches("(?s)apples.*Int32.*pears.*text/plain.*two", (await Run("#!whos")).Displays[0].Value.Formats["text/plain"]);
    }

    [Fact]
    public async Task Lines_of_errors_are_the_cells()
    {
        Assert.Equal(5, (await Fail("#!markdown\n# a\n#!csharp\n// #!share is no directive here\nint zero = 0; 1 / zero")).Line);
        Assert.Equal(3, (await Fail("int one = 1;\n#!set --name two --value 2\none / (one - 1)")).Line);
        Assert.Equal(2, (await Fail("/*\n#!share --from csharp one */ one.Nothing();\n")).Line);
    }
}
