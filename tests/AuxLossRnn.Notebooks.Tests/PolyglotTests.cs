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
    [InlineData("var x = new[] { 1.5, double.NaN };", "[1.5,\"NaN\"]")]
    [InlineData("var x = \"</script>\\u00e9\";", "\"\\u003C/script\\u003Eé\"")]
    [InlineData("var x = new[] { new { Steps = 8, Name = \"r\" } };", "[{\"Steps\":8,\"Name\":\"r\"}]")]
    [InlineData("var x = new[] { (1, \"a\") };", "[{\"Item1\":1,\"Item2\":\"a\"}]")]
    [InlineData("using Microsoft.Data.Analysis; var x = new DataFrame(new Int32DataFrameColumn(\"K\", new int?[] { 1, null }), new StringDataFrameColumn(\"m\", new[] { \"a\", \"b\" }));", "[{\"K\":1,\"m\":\"a\"},{\"K\":null,\"m\":\"b\"}]")]
    [InlineData("var x = TorchSharp.torch.tensor(new[,] { { 1, 2 }, { 3, 4 } });", "[[1,2],[3,4]]")]
    [InlineData("var x = TorchSharp.torch.tensor(new[] { true, false });", "[1,0]")]
    public async Task JavaScript_gets_a_value_of_CSharp_as_JSON(string declare, string json)
    {
        Recording output = await Run($"#r \"Microsoft.Data.Analysis.dll\"\n#r \"TorchSharp.dll\"\n{declare}\n#!javascript\n#!share --from csharp x\nshow(x);");

        Assert.Equal(2, output.Displays.Count);
        Assert.StartsWith($"<script type=\"text/javascript\">\nglobalThis[\"x\"] = {json};\n", Script(output, 0), StringComparison.Ordinal);
        Assert.Equal("<script type=\"text/javascript\">\nshow(x);\n</script>", Script(output, 1));
        Assert.Equal("x is shared with JavaScript", output.Displays[0].Value.Formats["text/plain"]);
    }

    [Theory]
    [InlineData("#!share --from csharp x --as y", "globalThis[\"y\"] = 5;")]
    [InlineData("#!set --name y --value @csharp:x", "globalThis[\"y\"] = 5;")]
    [InlineData("#!share --from c# x", "globalThis[\"x\"] = 5;")]
    [InlineData("#!set --name y --value 7", "globalThis[\"y\"] = \"7\";")]
    [InlineData("#!set --name y --value [1, {\"a\": 2}]", "globalThis[\"y\"] = [1, {\"a\": 2}];")]
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

    [Fact]
    public async Task A_value_that_is_set_in_CSharp_has_its_type()
    {
        await Run("var list = new List<int> { 1, 2 };\n#!set --byref --name again --value @csharp:list\nagain.Add(3);");

        Assert.Equal("3", await Value("list.Count"));
        Assert.Contains("again", (await _session.CompleteAsync("aga", 3)).Matches);
    }

    [Theory]
    [InlineData("int x = 1;\n#!javascript\n\n#!share --from csharp missing", 4, "missing")]
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
