using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

/// <summary>What a session holds in memory, and what it lets go of.</summary>
public sealed class SessionMemoryTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CSharpSession _session;
    private int _number;

    public SessionMemoryTests() => _session = new CSharpSession(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<string?> Run(string code)
    {
        var output = new Recording();
        CellResult result = await _session.ExecuteAsync(code, output, ++_number);
        Assert.True(result.Status == CellStatus.Succeeded, string.Join("\n", result.Error?.Traceback ?? []));
        return output.Value?.Formats["text/plain"];
    }

    private async Task<CellResult> Break(string code)
    {
        CellResult result = await _session.ExecuteAsync(code, new Recording(), ++_number);
        Assert.Equal(CellStatus.Failed, result.Status);
        return result;
    }

    [Theory]
    [InlineData("var a = new Held();", "var a = new Held();", "", 1)]
    [InlineData("var a = new Held();", "string a = \"x\";", "", 1)]
    [InlineData("var a = new Held();", "var a = new Held();", "var a = 5;", 2)]
    [InlineData("var (a, b) = (new Held(), 1);", "var (b, a) = (1, 2);", "", 1)]
    [InlineData("int F() => 1; var a = new Held(); if (a is { } c) { }", "object a = null, c = null;", "", 1)]
    [InlineData("var a = new { Inner = new Held() };", "var a = new { Inner = 1 };", "", 1)]
    [InlineData("var a = new Held();", "a = null;", "", 1)]
    [InlineData("var a = new Held(); string N() => \"another\";", "var a = new Held(); int F() => a == null ? 0 : 1;", "a = null;", 2)]
    public async Task What_a_name_stood_for_is_let_go_when_it_is_declared_anew(string first, string second, string third, int freed)
    {
        await Run("static class Count { public static int Freed; }\nclass Held { ~Held() { System.Threading.Interlocked.Increment(ref Count.Freed); } }");
        await Run(first);
        Assert.Equal("0", await Freed());
        await Run(second);
        await Run(third);

        Assert.Equal($"{freed}", await Freed());
    }

    private async Task<string?> Freed()
    {
        await Run("GC.Collect(); GC.WaitForPendingFinalizers(); GC.Collect(); GC.WaitForPendingFinalizers();");
        return await Run("Count.Freed");
    }

    [Theory]
    [InlineData("int F() => a.Length;", "F()")]
    [InlineData("Func<int> f = () => a.Length;", "f()")]
    [InlineData("Func<int> f = delegate { return a.Length; };", "f()")]
    [InlineData("var q = from i in new[] { 0 } select a.Length;", "q.Single()")]
    [InlineData("int P => a.Length;", "P")]
    [InlineData("IEnumerable<int> F() { yield return a.Length; }", "F().Single()")]
    [InlineData("class C { public int Of(byte[] b) => b.Length; }\nint F() { int G() => a.Length; return new C().Of(a) * G() / a.Length; }", "F()")]
    public async Task What_functions_of_earlier_cells_use_stays_as_it_was(string function, string call)
    {
        await Run("var a = new byte[3];");
        await Run(function);
        await Run("var a = new byte[4];");
        await Run("var a = new byte[5];");

        Assert.Equal("3", await Run(call));
        Assert.Equal("5", await Run("a.Length"));
    }

    [Theory]
    [InlineData("throw new Exception(); var a = 2;", "1")]
    [InlineData("var a = int.Parse(\"x\");", "1")]
    [InlineData("using System.IO;\n/// <summary>F.</summary>\nint F() => 1;\nvar a = F() / int.Parse(\"0\");", "1")]
    [InlineData("var a = 0; throw new Exception();", "0")]
    [InlineData("var a = 2; throw new Exception();", "2")]
    [InlineData("int? a = int.Parse(\"x\");", "1")]
    [InlineData("var (b, a) = (1, int.Parse(\"x\"));", "1")]
    [InlineData("int.TryParse(int.Parse(\"x\").ToString(), out int a);", "1")]
    [InlineData("missing(); var a = 2;", "1")]
    public async Task A_cell_that_fails_leaves_the_variables_that_it_did_not_come_to_assign(string failing, string left)
    {
        await Run("var a = 1;");
        await Break(failing);

        Assert.Equal(left, await Run("a"));
    }

    [Fact]
    public async Task Memory_that_the_runtime_does_not_see_is_freed_while_a_cell_makes_more()
    {
        await Run("""
            class Block
            {
                public static int Freed;
                private static readonly byte[] Content = new byte[16 << 20];
                private readonly IntPtr _memory = System.Runtime.InteropServices.Marshal.AllocHGlobal(Content.Length);
                public Block() => System.Runtime.InteropServices.Marshal.Copy(Content, 0, _memory, Content.Length);
                ~Block() { System.Runtime.InteropServices.Marshal.FreeHGlobal(_memory); Freed++; }
            }
            """);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        CellResult result = await _session.ExecuteAsync(
            "for (int i = 0; Block.Freed == 0; i++) { if (i < 128) { new Block(); } System.Threading.Thread.Yield(); }", new Recording(), ++_number, stop.Token);

        Assert.Equal(CellStatus.Succeeded, result.Status);
    }

    [Fact]
    public async Task What_a_session_holds_is_listed()
    {
        Assert.Equal("0", await Run("Variables().Count"));
        await Run("var numbers = new double[100_000]; int F() => numbers.Length; var text = \"x\"; var list = new List<int?> { 1 }; bool no = false;");
        await Run("var numbers = new int[2]; object nothing = null; var when = new DateTime(2020, 1, 2); int[,] grid = new int[3, 4];");

        Assert.Equal(
            [
                "grid|Int32[,]|12 items||", "list|List<Nullable<Int32>>|1 item||", "no|Boolean|False||", "nothing|Object|null||",
                "numbers|Double[]|100000 items|0.8 MiB|declared anew since, but a function uses this one", "numbers|Int32[]|2 items||",
                "text|String|x||", "when|DateTime|01/02/2020 00:00:00||",
            ],
            (await Run("string.Join('\\n', Variables().Select(v => $\"{v.Name}|{v.Type}|{v.Value}|{v.Size}|{v.Remark}\"))"))!.Split('\n'));
    }

    [Fact]
    public async Task Tensors_are_listed_with_their_shapes()
    {
        await Run($"#r \"{Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll").Replace('\\', '/')}\"");
        await Run("var t = TorchSharp.torch.ones(2, 300_000); var gone = TorchSharp.torch.ones(1); gone.Dispose();");

        Assert.Equal(
            "gone: disposed , t: [2, 300000] Float32 cpu 2.3 MiB", await Run("string.Join(\", \", Variables().Select(v => $\"{v.Name}: {v.Value} {v.Size}\"))"));
    }
}
