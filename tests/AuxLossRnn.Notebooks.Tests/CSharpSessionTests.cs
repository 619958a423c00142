using System.Runtime.InteropServices;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Session;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using TorchSharp;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class CSharpSessionTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CSharpSession _session;
    private int _number;

    public CSharpSessionTests() => _session = new CSharpSession(_folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<Recording> Run(string code)
    {
        var output = new Recording();
        CellResult result = await _session.ExecuteAsync(code, output, ++_number);
        Assert.True(result.Status == CellStatus.Succeeded, string.Join("\n", result.Error?.Traceback ?? []));
        return output;
    }

    private async Task<CellError> Fail(string code)
    {
        CellResult result = await _session.ExecuteAsync(code, new Recording(), ++_number);
        Assert.Equal(CellStatus.Failed, result.Status);
        return result.Error!;
    }

    private static string Plain(Recording output) => output.Value!.Formats["text/plain"];

    [Fact]
    public async Task Cells_share_variables_functions_types_and_usings()
    {
        await Run("using System.Globalization;\nint a = 20; int Twice(int x) { return 2 * x; } record P(int X);");
        Recording output = await Run("var culture = CultureInfo.InvariantCulture; Twice(a) + new P(2).X");

        Assert.Equal("42", Plain(output));
        Assert.Null((await Run("a = 1;")).Value);
    }

    [Fact]
    public async Task Values_are_rich()
    {
        Assert.Contains("<table", (await Run("new[] { new { A = 1, B = 2 } }")).Value!.Formats["text/html"], StringComparison.Ordinal);
        Assert.Equal(["text/plain"], (await Run("new[] { 1, 2 }")).Value!.Formats.Keys);
        Assert.Equal("<b>x</b>", (await Run("HTML(\"<b>x</b>\")")).Value!.Formats["text/html"]);
        Assert.Equal("<i>own</i>", (await Run("class Own { public string ToHtml() => \"<i>own</i>\"; }\nnew Own()")).Value!.Formats["text/html"]);
    }

    [Fact]
    public async Task A_type_brings_its_formatters_by_the_attributes_name()
    {
        await Run("""
            class TypeFormatterSourceAttribute : Attribute { public TypeFormatterSourceAttribute(Type type) { FormatterSourceType = type; } public Type FormatterSourceType { get; } }
            public class Source { public IEnumerable<object> CreateTypeFormatters() => new object[] { new Html() }; }
            public class Html { public string MimeType => "text/html"; public bool Format(object value, System.IO.TextWriter writer) { writer.Write("<u>" + value + "</u>"); return true; } }
            [TypeFormatterSource(typeof(Source))] public class Shown { public override string ToString() => "shown"; }
            """);
        MimeBundle value = (await Run("new Shown()")).Value!;

        Assert.Equal("<u>shown</u>", value.Formats["text/html"]);
        Assert.Equal("shown", value.Formats["text/plain"]);
    }

    [Fact]
    public async Task A_displayed_value_is_updated_in_place_also_from_a_later_cell()
    {
        Recording first = await Run("var d = 1.Display(); d.Update(2); display(\"x\");");
        Recording second = await Run("d.Update(3);");

        Assert.Equal(["display 1", "update 2", "display x"], first.Events);
        Assert.Equal(first.Displays[0].Id, first.Updates[0].Id);
        Assert.Equal(["update 3"], second.Events);
    }

    [Fact]
    public async Task The_console_streams_while_the_cell_runs()
    {
        using var seen = new CancellationTokenSource();
        var output = new Recording { Written = text => { if (text.Contains("one", StringComparison.Ordinal)) { seen.Cancel(); } } };
        // The loop ends when the first line was seen: it is stopped by what it wrote.
        CellResult result = await _session.ExecuteAsync("Console.WriteLine(\"one\"); while (true) { }", output, ++_number, seen.Token);
        Recording order = await Run("Console.Write(\"a\"); \"b\".Display(); Console.Error.Write(\"c\"); 4");

        Assert.Equal(CellStatus.Cancelled, result.Status);
        Assert.Equal(["write a", "display b", "write c", "result 4"], order.Events);
        Assert.Equal("c", order.Error);
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("for (;;) ;")]
    [InlineData("again: goto again;")]
    [InlineData("void F() { try { while (true) { } } catch (InvalidOperationException) { } } F();")]
    [InlineData("while (true) if (kept > 0) continue; else break;")]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(1); } catch (Exception) { } }")]
    [InlineData("switch (kept) { case 5: goto default; default: goto case 5; }")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("System.Threading.Thread.Sleep(-1);")]
    [InlineData("Task.Delay(-1).Wait();")]
    [InlineData("Enumerable.Range(0, int.MaxValue).SelectMany(x => new byte[100]).All(x => x == 0);")]
    [InlineData("Parallel.For(0L, long.MaxValue, x => { });")]
    [Trait("Category", "Slow")]
    public async Task An_endless_cell_is_cancelled_and_the_state_kept(string code)
    {
        await Run("int kept = 5;");
        using var stop = new CancellationTokenSource();
        var output = new Recording { Written = _ => stop.Cancel() };
        CellResult result = await _session.ExecuteAsync("Console.Write(\"go\");\n" + code, output, ++_number, stop.Token);

        Assert.Equal(CellStatus.Cancelled, result.Status);
        Assert.Equal("5", Plain(await Run("kept")));
    }

    [Fact]
    public async Task Compile_errors_stand_where_the_author_wrote_them()
    {
        CellError error = await Fail("int ok = 1;\nwhile (ok > 0) { ok--; missing(); }");

        Assert.Equal("CompilationError", error.Name);
        Assert.Equal((2, 24), (error.Line, error.Column));
        Assert.Contains("CS0103", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", Plain(await Run("1")));
    }

    [Fact]
    public async Task Errors_tell_the_line_and_no_frame_of_the_host()
    {
        CellError error = await Fail("int zero = 0;\nint F(int x)\n{\n    return 1 / x;\n}\n\nF(zero);");

        Assert.Equal("DivideByZeroException", error.Name);
        Assert.Equal(4, error.Line);
        Assert.Contains(error.Traceback, line => line.Contains("line 7", StringComparison.Ordinal));
        Assert.DoesNotContain(error.Traceback, line => line.Contains("AuxLossRnn", StringComparison.Ordinal) || line.Contains("CodeAnalysis", StringComparison.Ordinal));
        Assert.Equal("0", Plain(await Run("zero")));
    }

    [Theory]
    [InlineData("int[] ar = { 1, 2 };\nConsole.WriteLine(ar[5]);", 2)]
    [InlineData("int[] ar = { 1, 2 };\nfor (int i = 0; i < 3; i++)\n{\n    Console.WriteLine(ar[i]);\n}", 4)]
    [InlineData("int F(int[] a)\n{\n    int i = 5;\n    return a[i];\n}\nF(new int[2])", 4)]
    public async Task An_index_out_of_range_tells_the_line_and_the_frame(string code, int line)
    {
        CellError error = await Fail(code);

        Assert.Equal(("IndexOutOfRangeException", line), (error.Name, error.Line!.Value));
        Assert.EndsWith($"in cell 1:line {line}", error.Traceback[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int F(int n) { return 1 + F(n + 1); }\nF(0)")]
    [InlineData("int F(int n) => 1 + F(n + 1);\nF(0)")]
    [InlineData("void F() => F();\nF();")]
    [InlineData("int F() =>\n    Math.Abs(F());\nF()")]
    [InlineData("{ int F(int n) => 1 + F(n + 1); F(0); }")]
    [InlineData("Func<int, int> f = null!;\nf = n => 1 + f(n + 1);\nf(0)")]
    [InlineData("Action a = null!;\na = () => a();\na();")]
    [InlineData("Func<int, Func<int, int>> f = null!;\nf = n => m => f(n)(m + 1);\nf(0)(0)")]
    [InlineData("class C { public int P => P + 1; }\nnew C().P")]
    [InlineData("class C { public int P { get => P + 1; } }\nnew C().P")]
    [InlineData("class C { public int P { set => P = value; } }\nnew C().P = 1;")]
    [InlineData("class C { public int this[int i] => this[i + 1]; }\nnew C()[0]")]
    [InlineData("class C { public static C operator +(C a, C b) => a + b; }\nnew C() + new C()")]
    [InlineData("class C { public C() => new C(); }\nnew C()")]
    [Trait("Category", "Slow")]
    public async Task A_function_without_end_is_an_error_and_not_the_end_of_the_process(string code)
    {
        CellError error = await Fail(code);

        Assert.Equal("InsufficientExecutionStackException", error.Name);
        Assert.InRange(error.Traceback.Count, 1, 100);
        Assert.Equal("1", Plain(await Run("1")));
    }

    [Theory]
    [InlineData("using System.Linq.Expressions;\nExpression<Func<int, int>> e = x => Math.Abs(x); e.Body.NodeType", "Call")]
    [InlineData("new[] { 1, 2 }.AsQueryable().Where(x => Math.Abs(x) > 1).Count()", "1")]
    [InlineData("from x in new[] { 1, 2 }.AsQueryable() where new[] { 1 }.Any(y => Math.Abs(y) == x) select x", null)]
    [InlineData("int[] a = { 1 };\nref int F() => ref a[0];\nF() = 5; a[0]", "5")]
    [InlineData("Func<int> f = () => throw new Exception(); int G() => throw new Exception(); void H() => throw new Exception();\n1", "1")]
    [InlineData("int n = 0; Action a = () => n++; Action b = () => n = Math.Abs(n); a(); b(); n", "1")]
    [InlineData("var f = (string s) => int.TryParse(s, out int v) ? v : default(int?); f(\"7\")", "7")]
    [InlineData("async Task A() => await Task.Yield(); async Task<int> B() => await Task.FromResult(2); await A(); await B()", "2")]
    [InlineData("Func<Task> a = async () => await Task.Yield(); Func<Task<int>> b = async () => await Task.FromResult(2); await a(); await b()", "2")]
    [InlineData("int A() => 1; Task t = Task.Run(() => A()); await t; ((Task<int>)t).Result", "1")]
    [Trait("Category", "Slow")]
    public async Task Expressions_mean_what_they_meant_where_checks_are_written_in(string code, string? value)
    {
        Recording output = await Run(code);

        if (value is not null)
        {
            Assert.Equal(value, Plain(output));
        }
    }

    [Fact]
    public async Task A_cell_cancelled_before_it_begins_does_not_run()
    {
        var output = new Recording();
        CellResult result = await _session.ExecuteAsync("Console.Write(1);", output, ++_number, new CancellationToken(canceled: true));

        Assert.Equal(CellStatus.Cancelled, result.Status);
        Assert.Empty(output.Events);
    }

    [Fact]
    public async Task An_error_in_a_loaded_file_stands_at_the_line_that_loads_it()
    {
        _folder.Write("bad.csx", "int a = 1;\n\nmissing();");
        CellError error = await Fail("\n#load \"bad.csx\"");

        Assert.Equal(2, error.Line);
        Assert.Contains("bad.csx(3,1)", error.Traceback[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_whose_folder_is_gone_says_so_and_those_after_it_run_where_it_is_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps a folder in which a program works.");
        await Run("var folder = Environment.CurrentDirectory; System.IO.Directory.Delete(folder, true);");
        CellError error = await Fail("folder");
        Directory.CreateDirectory(_folder.Path);

        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.Path, Plain(await Run("folder")));
        Assert.NotEqual(_folder.Path, Environment.CurrentDirectory);
    }

    [Fact]
    public async Task Errors_of_awaiting_cells_tell_the_line()
    {
        CellError error = await Fail("await Task.Yield();\n\nthrow new InvalidOperationException(\"no\");");

        Assert.Equal((3, "no"), (error.Line!.Value, error.Message));
    }

    [Fact]
    public async Task An_unknown_directive_is_named_with_the_known_ones()
    {
        CellError error = await Fail("int a = 1;\n#!pip install x");

        Assert.Equal(2, error.Line);
        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("#!pip", error.Message, StringComparison.Ordinal);
        Assert.Contains("#!import", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int a = 1;\n#r \"nothing.dll\"", 2)]
    [InlineData("#r nothing.dll", 1)]
    [InlineData("\n\n#r \"nuget: a b c\"", 3)]
    [InlineData("\n#load \"nowhere.csx\"", 2)]
    [InlineData("#!time\n#!import nowhere.ipynb", 2)]
    [InlineData("int b = 2;\n\n#load \"odd.csx\"", 3)]
    public async Task A_directive_that_fails_tells_its_line(string code, int line)
    {
        _folder.Write("odd.csx", "#nothing");
        CellError error = await Fail(code);

        Assert.Equal((line, null), (error.Line, error.Column));
        Assert.Contains(error.Message, error.Traceback[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directive_of_a_loaded_file_is_told_with_the_file()
    {
        _folder.Write("odd.csx", "\n#nothing");

        Assert.Contains("odd.csx: Line 2: the directive #nothing", (await Fail("#load \"odd.csx\"")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_inside_texts_and_comments_are_no_directives()
    {
        Recording output = await Run("/*\n#!nothing\n*/\nvar s = \"\"\"\n#!nothing\n\"\"\";\n#if false\n#r \"none.dll\"\n#endif\nvar t = $\"\"\"\n#!html\n\"\"\";\n#region R\n#endregion\ns");

        Assert.Equal("#!nothing", Plain(output));
    }

    [Fact]
    public async Task Texts_in_other_languages_are_shown()
    {
        Recording output = await Run("#!markdown\n# Title\n#!mermaid\ngraph LR\n#!html\n<b>x</b>\n#!csharp\n#!time\n1 + 1");

        Assert.Equal("# Title", output.Displays[0].Value.Formats["text/markdown"]);
        Assert.Contains("```mermaid\ngraph LR\n```", output.Displays[1].Value.Formats["text/markdown"], StringComparison.Ordinal);
        Assert.Equal("<b>x</b>", output.Displays[2].Value.Formats["text/html"]);
        Assert.StartsWith("Wall time: ", output.Displays[3].Value.Formats["text/plain"], StringComparison.Ordinal);
        Assert.Equal("2", Plain(output));
    }

    [Fact]
    public async Task Code_below_another_language_keeps_its_lines()
    {
        CellError error = await Fail("#!markdown\nText\n#!csharp\nint a = 1;\nthrow new Exception();");

        Assert.Equal(5, error.Line);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Files_and_notebooks_are_loaded_from_the_notebooks_folder()
    {
        _folder.Write("part/more.csx", "int Loaded() { return 3; }");
        NotebookDocument other = NotebookDocument.Create();
        other.Insert(0, "markdown", "a", "Text");
        other.Insert(1, "code", "b", "#load \"more.csx\"\nint imported = Loaded() + 1;");
        _folder.Write("part/other.ipynb", other.ToJson());
        Recording output = await Run("#!import part/other.ipynb\nimported");

        Assert.Equal("4", Plain(output));
        Assert.Contains("nowhere.csx", (await Fail("#load \"nowhere.csx\"")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kit_and_TorchSharp_are_used_by_a_reference_to_the_kits_file()
    {
        await UseTheKit("using TorchSharp;\nusing AuxLossRnn.Training;");
        Recording output = await Run("var t = torch.ones(2, 3); t.sum().item<float>()");

        Assert.Equal("6", Plain(output));
        Assert.Contains("1", Plain(await Run("t")), StringComparison.Ordinal);
        Assert.Contains("nothing.dll", (await Fail("#r \"nothing.dll\"")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_referenced_file_finds_what_lies_beside_it_native_files_too()
    {
        string native = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "runtimes"), "*SkiaSharp.*", SearchOption.AllDirectories)
            .First(file => Path.GetExtension(file) is ".so" or ".dll" or ".dylib" && file.Contains(Platform, StringComparison.Ordinal));
        string lower = Compile("BesideLower", """
            public static class Lower { [System.Runtime.InteropServices.DllImport("besidenative")] public static extern int sk_colortype_get_default_8888(); }
            """);
        Compile("BesideUpper", "public class Upper { public int Get() => Lower.sk_colortype_get_default_8888(); }", lower);
        string place = Directory.CreateDirectory(Path.Combine(_folder.Path, "lib", "runtimes", Platform, "native")).FullName;
        File.Copy(native, Path.Combine(place, "libbesidenative" + Path.GetExtension(native)));
        Recording output = await Run("#r \"lib/BesideUpper.dll\"\nvar upper = new Upper(); upper.Get() == Lower.sk_colortype_get_default_8888()");

        Assert.Equal("True", Plain(output));
    }

    private static string Platform =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    private string Compile(string name, string code, params string[] references)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "lib")).FullName, name + ".dll");
        IEnumerable<string> files = references
            .Append(typeof(object).Assembly.Location)
            .Append(typeof(DllImportAttribute).Assembly.Location)
            .Append(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Runtime.dll"))
            .Distinct();
        EmitResult made = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code)],
            files.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)).Emit(path);
        Assert.True(made.Success, string.Join("\n", made.Diagnostics));
        return path;
    }

    [Fact]
    public async Task Packages_are_referenced_by_name_and_version()
    {
        Recording output = await Run("#r \"nuget: Newtonsoft.Json, 13.0.4\"\nusing Newtonsoft.Json;\nJsonConvert.SerializeObject(new[] { 1, 2 })");

        Assert.Equal("[1,2]", Plain(output));
        Assert.Contains("names no package", (await Fail("#r \"nuget: a b c\"")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Newtonsoft.Json")]
    [InlineData("Newtonsoft.Json, *")]
    [InlineData("Newtonsoft.Json, 13.*")]
    public async Task A_package_without_its_version_is_refused(string asked)
    {
        CellError error = await Fail($"#r \"nuget: {asked}\"");

        Assert.Contains("#r \"nuget: Newtonsoft.Json, 1.2.3\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_working_directory_is_the_notebooks_folder()
    {
        string before = Environment.CurrentDirectory;
        await Run("System.IO.File.WriteAllText(\"made.txt\", \"x\");");

        Assert.True(File.Exists(Path.Combine(_folder.Path, "made.txt")));
        Assert.Equal(before, Environment.CurrentDirectory);
    }

    [Fact]
    public async Task Names_are_completed_and_explained_after_earlier_cells()
    {
        await Run("/// <summary>Adds.</summary>\nint AddUp(int x) { return x; }");
        CompletionList list = await _session.CompleteAsync("int y = AddU", 12);
        MimeBundle? info = await _session.InspectAsync("AddUp(1)", 2);

        Assert.Contains("AddUp", list.Matches);
        Assert.Equal((8, 12), (list.Start, list.End));
        Assert.Contains("AddUp(int x)", info!.Formats["text/plain"], StringComparison.Ordinal);
        Assert.Contains("WriteLine", (await _session.CompleteAsync("Console.Wri", 11)).Matches);
    }

    [Theory]
    [InlineData("int n = 1;\nn.", "CompareTo", "for", "byte", "if")]
    [InlineData("Zip", null, "ZipFile", "ZipArchive")]
    [Trait("Category", "Slow")]
    public async Task What_is_offered_is_legal_at_its_place(string code, string? offered, params string[] not)
    {
        await Run("1");
        CompletionList list = await _session.CompleteAsync(code, code.Length);

        Assert.True(offered is null || list.Matches.Contains(offered));
        Assert.Empty(list.Matches.Intersect(not));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Completion_knows_the_last_of_each_name()
    {
        await Run("using System.IO;\nvar x = 1; var (a, b) = (1, \"s\"); var nameless = new { Inner = 5 }; int.TryParse(\"1\", out var parsed);");
        await _session.CompleteAsync("x.", 2);
        await Run("var x = \"text\"; record P(int First); var ps = new List<P> { new(1) }; int F(int i) => i; int F(string s) => 1;");

        Assert.Contains("Substring", (await _session.CompleteAsync("x.", 2)).Matches);
        Assert.DoesNotContain("CompareTo()", (await _session.CompleteAsync("a.", 2)).Matches);
        Assert.Contains("Substring", (await _session.CompleteAsync("b.", 2)).Matches);
        Assert.Contains("Inner", (await _session.CompleteAsync("nameless.", 9)).Matches);
        Assert.Contains("CompareTo", (await _session.CompleteAsync("parsed.", 7)).Matches);
        Assert.Contains("First", (await _session.CompleteAsync("ps[0].", 6)).Matches);
        Assert.Contains("Path", (await _session.CompleteAsync("Pat", 3)).Matches);
        Assert.Contains("overload", (await _session.InspectAsync("F(1)", 1))!.Formats["text/plain"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#!markdown\nCons", "")]
    [InlineData("#!ma", "#!markdown")]
    [InlineData("int a;\n#lo", "#load")]
    [InlineData("#load \"pa", "part/")]
    [InlineData("#load \"part/", "part/more.csx")]
    [InlineData("#!import part/o", "part/other.ipynb")]
    [InlineData("#!markdown\n#!csharp\nConsole.WriteLi", "WriteLine")]
    public async Task Directives_and_other_languages_are_completed_as_what_they_are(string code, string expected)
    {
        _folder.Write("part/more.csx", "");
        _folder.Write("part/other.ipynb", "");
        CompletionList list = await _session.CompleteAsync(code, code.Length);

        Assert.Equal(expected, string.Join(' ', list.Matches));
    }

    [Theory]
    [InlineData("Math.Max(|", "Math.Max(")]
    [InlineData("Math.Max(1, |)", "Math.Max(")]
    [InlineData("Math.Max(|)", "Math.Max(")]
    [InlineData("new StringBuilder(|)", "StringBuilder")]
    [InlineData("Math.Abs(Math.Max(1, |2))", "Math.Max(")]
    public async Task Between_parentheses_the_call_is_explained(string marked, string told)
    {
        int place = marked.IndexOf('|', StringComparison.Ordinal);
        MimeBundle? info = await _session.InspectAsync(marked.Remove(place, 1), place);

        Assert.Contains(told, info!.Formats["text/plain"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_of_the_kit_are_explained_with_their_summary()
    {
        await UseTheKit("using AuxLossRnn.Experiments;");
        MimeBundle? info = await _session.InspectAsync("ResultTables.Published()", 15);

        Assert.Matches(@"Published\([^\n]*\)\n\S+", info!.Formats["text/plain"]);
    }

    [Fact]
    public async Task A_value_whose_HTML_fails_tells_what_it_threw()
    {
        CellError error = await Fail("class Bad { public string ToHtml() => throw new InvalidOperationException(\"no\"); }\nnew Bad()");

        Assert.Equal(("InvalidOperationException", "no", 1), (error.Name, error.Message, error.Line));
    }

    [Theory]
    [InlineData("await Task.Delay(-1);", null)]
    [InlineData("\nSystem.Threading.Thread.Sleep(-1);", 3)]
    [InlineData("while (true) { }", 2)]
    [Trait("Category", "Slow")]
    public async Task A_stopped_cell_says_so(string code, int? line)
    {
        using var stop = new CancellationTokenSource();
        var output = new Recording { Written = _ => stop.Cancel() };
        CellResult result = await _session.ExecuteAsync("Console.Write(1);\n" + code, output, ++_number, stop.Token);

        Assert.Equal((CellStatus.Cancelled, "Interrupted", line), (result.Status, result.Error!.Name, result.Error.Line));
        Assert.DoesNotContain("Exception", string.Concat(result.Error.Traceback), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_loads_itself_is_an_error_that_names_the_cycle()
    {
        _folder.Write("a.csx", "#load \"b.csx\"");
        _folder.Write("b.csx", "int b = 1;\n#load \"a.csx\"");
        NotebookDocument own = NotebookDocument.Create();
        own.Insert(0, "code", "a", "#!import own.ipynb");
        _folder.Write("own.ipynb", own.ToJson());

        Assert.Contains("a.csx → b.csx → a.csx", (await Fail("#load \"a.csx\"")).Message, StringComparison.Ordinal);
        Assert.Contains("own.ipynb → own.ipynb", (await Fail("#!import own.ipynb")).Message, StringComparison.Ordinal);
        _folder.Write("c.csx", "int c = 1;");
        Assert.Equal("1", Plain(await Run("#load \"c.csx\"\n#load \"c.csx\"\nc")));
    }

    [Theory]
    [InlineData("var t = new System.Threading.Thread(() =>\n    throw new InvalidOperationException(\"stray\"));\nt.Start(); t.Join();")]
    [InlineData("async void F()\n{ await Task.Yield(); throw new InvalidOperationException(\"stray\"); }\nF(); while (true) { }")]
    public async Task An_exception_that_nothing_catches_fails_the_cell_and_not_the_process(string code)
    {
        using var stop = new CancellationTokenSource();
        _session.ExceptionStrayed += _ => stop.Cancel();
        var output = new Recording();
        CellResult result = await _session.ExecuteAsync(code, output, ++_number, stop.Token);

        Assert.Equal((CellStatus.Failed, "stray", 2), (result.Status, result.Error!.Message, result.Error.Line));
        Assert.Contains("InvalidOperationException: stray", output.Error, StringComparison.Ordinal);
        Assert.Equal("1", Plain(await Run("1")));
    }

    [Fact]
    public async Task A_frame_names_the_number_that_the_notebook_shows()
    {
        await _session.ExecuteAsync("int F(int x)\n{ return 1 / x; }", new Recording(), 7);
        await _session.ExecuteAsync("1", new Recording());
        CellResult failed = await _session.ExecuteAsync("F(0)", new Recording(), 8);
        CellResult silent = await _session.ExecuteAsync("F(0)", new Recording());

        Assert.Equal(["   at F in cell 7:line 2", "   at the cell in cell 8:line 1"], failed.Error!.Traceback.Skip(1));
        Assert.Equal("   at the cell in a cell without a number:line 1", silent.Error!.Traceback[^1]);
    }

    [Theory]
    [InlineData("1 + 1", CellCompleteness.Complete)]
    [InlineData("if (true) {", CellCompleteness.Incomplete)]
    [InlineData("var s = \"\"\"\nabc", CellCompleteness.Incomplete)]
    [InlineData("int = ;", CellCompleteness.Invalid)]
    [InlineData("#!nothing", CellCompleteness.Invalid)]
    public void Completeness_tells_whether_a_line_is_wanted(string code, CellCompleteness expected) =>
        Assert.Equal(expected, _session.Completeness(code));

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Many_cells_leave_little_behind()
    {
        const int Cells = 500;
        const long BytesPerCell = 200 << 10;
        await Run("int n = 0;");
        (long managed, long resident) = Memory();
        for (int i = 0; i < Cells; i++)
        {
            await Run("n++;");
        }

        (long managedAfter, long residentAfter) = Memory();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(managedAfter - managed) >> 10} KB managed, {(residentAfter - resident) >> 10} KB in all of {Cells} cells");

        Assert.Equal(Cells.ToString(), Plain(await Run("n")));
        Assert.InRange((managedAfter - managed) / Cells, long.MinValue, BytesPerCell);
        Assert.InRange((residentAfter - resident) / Cells, long.MinValue, BytesPerCell);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Completions_between_many_cells_leave_little_behind()
    {
        const int Cells = 300;
        const long BytesPerCell = 200 << 10;
        async Task Cell(int i)
        {
            await Run($"int n{i % 100} = {i};");
            if (i % 10 == 0)
            {
                Assert.Contains("CompareTo", (await _session.CompleteAsync($"n{i % 100}.", $"n{i % 100}.".Length)).Matches);
            }
        }

        // What is compiled and kept once is no part of a cell's.
        for (int i = 0; i < 100; i++)
        {
            await Cell(i);
        }

        (long managed, long resident) = Memory();
        for (int i = 0; i < Cells; i++)
        {
            await Cell(i);
        }

        (long managedAfter, long residentAfter) = Memory();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(managedAfter - managed) >> 10} KB managed, {(residentAfter - resident) >> 10} KB in all of {Cells} cells");

        Assert.InRange((managedAfter - managed) / Cells, long.MinValue, BytesPerCell);
        Assert.InRange((residentAfter - resident) / Cells, long.MinValue, BytesPerCell);
    }

    private static (long Managed, long Resident) Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Cells_that_call_the_library_leave_no_tensors()
    {
        await UseTheKit("using AuxLossRnn.AuxiliaryLosses;\nusing AuxLossRnn.Data;\nusing AuxLossRnn.Experiments;\nusing AuxLossRnn.Sequences;\nusing AuxLossRnn.Specs;\nusing AuxLossRnn.Training;");
        await Run("""
            ExperimentSpec spec = Presets.Quickstart(Budget.Smoke);
            DatasetSplits data = DatasetCatalog.Open(spec.DatasetRequest(), DataRoot.Resolve(null));
            var trainer = new Trainer(spec, data);
            var flow = new GradientFlow(spec, trainer.Model);
            SequenceBatch batch = data.Test.Batch(new[] { 0, 1, 2 });
            int anchor = batch.Inputs.shape[0] > 40 ? 40 : 20;
            var segments = Enumerable.Range(0, 3).Select(e => new Segment(e, anchor, anchor - spec.Segment - 1)).ToArray();
            """);
        const string Calls = "flow.Supervised(batch); flow.Auxiliary(trainer.Model.Loss<ReconstructionLoss>(), batch, segments);";
        await Run(Calls);
        _ = Memory();
        GC.WaitForPendingFinalizers();
        long before = torch.Tensor.TotalCount;
        for (int i = 0; i < 20; i++)
        {
            await Run(Calls);
        }

        // Without a collection in between: they were disposed where they were made.
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public async Task Where_a_copied_notebook_does_not_find_the_kit_it_takes_the_host_s()
    {
        await Run("""
            #r "../nowhere/AuxLossRnn.dll"
            #r "../nowhere/AuxLossRnn.Data.dll"
            #r "../nowhere/AuxLossRnn.Experiments.dll"
            #r "../nowhere/TorchSharp.dll"
            using AuxLossRnn.Data;
            using AuxLossRnn.Experiments;
            using AuxLossRnn.Sequences;
            """);

        Assert.Equal("True", (await Run("DatasetCatalog.Names.Count == DatasetNames.All.Count")).Value!.Formats["text/plain"]);
        Assert.Contains("<th>preset</th>", (await Run("ResultTables.Published()")).Value!.Formats["text/html"], StringComparison.Ordinal);
    }

    private async Task UseTheKit(string usings)
    {
        string kit = Path.GetRelativePath(_folder.Path, Path.Combine(AppContext.BaseDirectory, "AuxLossRnn.Experiments.dll"));
        await Run($"#r \"{kit}\"\n{usings}");
    }
}
