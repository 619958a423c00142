using System.Text.Json.Nodes;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class NotebookRunnerTests : IDisposable
{
    private const string Defaults = "// Defaults\nint epochs = 3;\nvar rate = 0.5;\nstring budget = \"laptop\";\nbool fast = false;\nlong seed = 1;\nvar list = new List<int>();"
        + "\nvar twice = epochs * 2;\nfloat[] weights = { 1f };\nDayOfWeek day = DayOfWeek.Friday;\nfloat few = 1f;\nvar exact = 0.1m;\nint? perhaps = null;\nstring? text = null;";

    private readonly TemporaryFolder _folder = new();
    private readonly NotebookDocument _notebook = NotebookDocument.Create();

    public void Dispose() => _folder.Dispose();

    private NotebookCell Add(string code, params string[] tags) => _notebook.Insert(_notebook.Cells.Count, "code", $"c{_notebook.Cells.Count}", code, tags);

    private Task<NotebookResult> Run(TimeSpan? timeout = null, IRunListener? listener = null, Action<string>? save = null) =>
        NotebookRunner.RunAsync(_notebook, _folder.Path, timeout, listener, save);

    private static string Output(NotebookCell cell) => cell.Outputs.ToJsonString();

    [Fact]
    public async Task Outputs_are_kept_and_a_second_run_gives_the_same_bytes()
    {
        _notebook.Insert(0, "markdown", "m", "Text");
        NotebookCell first = Add("int a = 1;\nConsole.WriteLine(\"x\");");
        Add("");
        NotebookCell second = Add("var d = a.Display();\na + 1");
        Add("d.Update(5);");
        var seen = new Heard();
        NotebookResult result = await Run(listener: seen);
        string once = _notebook.ToJson();
        _notebook.Write(Path.Combine(_folder.Path, "n.ipynb"));
        NotebookDocument again = NotebookDocument.Read(Path.Combine(_folder.Path, "n.ipynb"));
        await NotebookRunner.RunAsync(again, _folder.Path, null, null, null);

        Assert.Equal(NotebookStatus.Finished, result.Status);
        Assert.Equal((1, 2), (first.ExecutionCount, second.ExecutionCount));
        Assert.Contains("\"text\":[\"x\\n\"]", Output(first), StringComparison.Ordinal);
        Assert.Contains("\"execute_result\"", Output(second), StringComparison.Ordinal);
        Assert.Contains("\"5\"", Output(second), StringComparison.Ordinal);
        Assert.Equal(
            [
                "[1] int a = 1; starts", "[1] prints x\n", "[1] int a = 1; Succeeded", "[2] var d = a.Display(); starts", "[2] var d = a.Display(); Succeeded",
                "[3] d.Update(5); starts", "[3] d.Update(5); Succeeded",
            ],
            seen.Events);
        Assert.Equal(once, again.ToJson());
    }

    [Theory]
    [InlineData("#!fsharp\nlet x = 1", null, "Cell 2, counted from the top, cannot be run. Line 1: the directive #!fsharp begins F#, which")]
    [InlineData("x", "pwsh", "Cell 2, counted from the top, is of the language pwsh, as its metadata says. That is PowerShell, which the kit does not run: Microsoft's tool")]
    [InlineData("graph TD\n#!fsharp", "mermaid", "Cell 2, counted from the top, cannot be run. Line 2: the directive #!fsharp begins F#, which")]
    [InlineData("1\n#!nothing", "", "Line 2: the directive #!nothing is not known")]
    public async Task What_cannot_be_run_is_refused_before_any_cell_runs(string code, string? language, string said)
    {
        NotebookCell first = Add("Console.Write(\"ran\");");
        NotebookCell other = Add(code);
        other.Language = language;

        Assert.Contains(said, (await Assert.ThrowsAsync<UserException>(() => Run())).Message, StringComparison.Ordinal);
        Assert.Empty(first.Outputs);
    }

    [Fact]
    public async Task Cells_are_run_in_the_languages_that_the_notebook_says_with_their_own_lines()
    {
        NotebookDocument notebook = NotebookDocument.Parse(
            _notebook.ToJson().Replace("\"language_info\"", "\"polyglot_notebook\": {\"kernelInfo\": {\"defaultKernelName\": \"javascript\"}}, \"language_info\"", StringComparison.Ordinal), "n");
        notebook.Insert(0, "code", "a", "int x = 1;").Language = "csharp";
        NotebookCell script = notebook.Insert(1, "code", "b", "#!share --from csharp x\nf(x)");
        notebook.Insert(2, "code", "c", "f(1)\n#!share --from csharp y");
        NotebookResult result = await NotebookRunner.RunAsync(notebook, _folder.Path, null, null, null);

        Assert.Contains("f(x)", Output(script), StringComparison.Ordinal);
        Assert.Equal(("#!share --from csharp y", 2), (result.Failure!.SourceLine, result.Failure.Error.Line));
    }

    [Fact]
    public async Task Parameters_follow_the_cell_with_the_defaults_and_replace_earlier_ones()
    {
        Add("int before = 1;");
        Add(Defaults, "parameters");
        NotebookCell use = Add("$\"{epochs} {rate} {budget} {fast} {seed}\"");
        NotebookParameters.Inject(_notebook, new Dictionary<string, string> { ["epochs"] = "9" });
        NotebookParameters.Inject(
            _notebook,
            new Dictionary<string, string> { ["rate"] = "-1e-3", ["budget"] = "a \"b\"\\", ["fast"] = "True", ["seed"] = "5000000000" });
        await Run();

        Assert.Equal(4, _notebook.Cells.Count);
        Assert.Equal(["injected-parameters"], _notebook.Cells[2].Tags);
        Assert.Equal(
            "// Parameters\ndouble rate = -0.001d;\nstring budget = \"a \\\"b\\\"\\\\\";\nbool fast = true;\nlong seed = 5000000000L;",
            _notebook.Cells[2].Source);
        Assert.Equal("3 -0.001 a \"b\"\\ True 5000000000", use.Outputs[0]!["data"]!["text/plain"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Parameters_have_the_types_of_simple_values_and_may_be_none_where_the_type_says_so()
    {
        Add(Defaults, "parameters");
        NotebookCell use = Add("$\"{few is float} {few} {exact is decimal} {exact} {perhaps} {text is null}\"");
        var values = new Dictionary<string, string> { ["few"] = "-2.5e-3", ["exact"] = "0.30", ["perhaps"] = "4", ["text"] = "null" };
        NotebookParameters.Inject(_notebook, values);
        await Run();

        Assert.Equal("True -0.0025 True 0.30 4 True", use.Outputs[0]!["data"]!["text/plain"]![0]!.GetValue<string>());
        NotebookParameters.Inject(_notebook, new Dictionary<string, string> { ["perhaps"] = "null" });
        Assert.Equal("// Parameters\nint? perhaps = null;", _notebook.Cells[1].Source);
    }

    [Theory]
    [InlineData("missing", "1", "epochs (int)")]
    [InlineData("list", "1", "declared with var")]
    [InlineData("twice", "1", "declared with var")]
    [InlineData("weights", "1", "declared as float[], which -p cannot set: it sets bool, int, long, float, double, decimal, string")]
    [InlineData("day", "Monday", "declared as DayOfWeek")]
    [InlineData("few", "1e40", "float")]
    [InlineData("exact", "1e40", "decimal")]
    [InlineData("perhaps", "1.5", "int?")]
    [InlineData("epochs", "null", "int")]
    [InlineData("epochs", "1.5", "int")]
    [InlineData("epochs", "99999999999", "int")]
    [InlineData("fast", "yes", "bool")]
    [InlineData("rate", "NaN", "double")]
    public void A_wrong_parameter_is_refused_before_anything_runs(string name, string value, string told)
    {
        Add(Defaults, "parameters");
        var problem = Assert.Throws<UserException>(() => NotebookParameters.Inject(_notebook, new Dictionary<string, string> { [name] = value }));

        Assert.Contains(told, problem.Message, StringComparison.Ordinal);
        Assert.Single(_notebook.Cells);
    }

    [Fact]
    public void A_notebook_without_parameters_refuses_them() =>
        Assert.Contains("tag", Assert.Throws<UserException>(
            () => NotebookParameters.Inject(_notebook, new Dictionary<string, string> { ["a"] = "1" })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_failing_cell_ends_the_run_and_is_told_with_its_line()
    {
        NotebookCell skipped = Add("throw new Exception();", "skip-execution");
        NotebookCell expected = Add("throw new Exception(\"expected\");", "raises-exception");
        Add("int a = 1;\n  throw new InvalidOperationException(\"bad\");");
        NotebookCell never = Add("a");
        NotebookResult result = await Run();

        Assert.Equal(NotebookStatus.Failed, result.Status);
        Assert.Equal((2, "throw new InvalidOperationException(\"bad\");"), (result.Failure!.Number, result.Failure.SourceLine));
        Assert.Equal((2, "bad"), (result.Failure.Error.Line, result.Failure.Error.Message));
        Assert.Null(skipped.ExecutionCount);
        Assert.Contains("\"evalue\":\"expected\"", Output(expected), StringComparison.Ordinal);
        Assert.Contains("\"ename\":\"InvalidOperationException\"", Output(_notebook.Cells[2]), StringComparison.Ordinal);
        Assert.Empty(never.Outputs);
    }

    [Fact]
    public async Task Time_that_is_up_ends_the_run()
    {
        Add("while (true) { }");
        NotebookResult result = await Run(TimeSpan.FromMilliseconds(100));

        Assert.Equal(NotebookStatus.TimedOut, result.Status);
        Assert.Equal(1, result.Failure!.Number);
    }

    [Fact]
    public async Task A_thread_that_prints_on_does_not_disturb_the_notebook()
    {
        string end = Path.Combine(_folder.Path, "end");
        Add($"_ = Task.Run(() => {{ while (!System.IO.File.Exists(\"{end.Replace('\\', '/')}\")) {{ Console.WriteLine(\"x\"); }} }});");
        Add("1");
        Add("2");
        var saved = new List<string>();
        NotebookResult result = await Run(save: saved.Add);
        string[] written = [.. Enumerable.Range(0, 100).Select(_ => _notebook.ToJson()).Distinct()];
        await File.WriteAllTextAsync(end, "");

        Assert.Equal(NotebookStatus.Finished, result.Status);
        Assert.Single(written);
        Assert.All(saved, text => NotebookDocument.Parse(text, "saved"));
    }

    [Fact]
    public async Task What_a_cell_showed_is_saved_before_the_next_one_runs()
    {
        Add("Console.WriteLine(\"first\");");
        Add("int a = 1;");
        Add("a + 41");
        Add("throw new Exception();");
        var saved = new List<string>();
        await Run(save: saved.Add);

        Assert.Equal(3, saved.Count);
        Assert.Contains("first", saved[0], StringComparison.Ordinal);
        Assert.DoesNotContain("42", saved[0], StringComparison.Ordinal);
        Assert.Contains("42", saved[1], StringComparison.Ordinal);
        Assert.Equal(_notebook.ToJson(), saved[2]);
    }

    [Fact]
    public async Task An_older_notebook_is_of_the_format_4_5_when_it_has_run()
    {
        NotebookDocument old = NotebookDocument.Parse(
            """{"cells": [{"cell_type": "code", "metadata": {}, "source": "1"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}""", "old");
        await NotebookRunner.RunAsync(old, _folder.Path, null, null, null);
        string once = old.ToJson();
        await NotebookRunner.RunAsync(old, _folder.Path, null, null, null);

        Assert.Contains("\"nbformat_minor\": 5", once, StringComparison.Ordinal);
        Assert.Equal(
            ["cell_type", "execution_count", "id", "metadata", "outputs", "source"],
            JsonNode.Parse(once)!["cells"]![0]!.AsObject().Select(item => item.Key));
        Assert.NotNull(old.Cells[0].Id);
        Assert.Equal(once, old.ToJson());
    }

    private sealed class Heard : IRunListener
    {
        public List<string> Events { get; } = [];

        public void Started(int number, string firstLine) => Events.Add($"[{number}] {firstLine} starts");

        public void Printed(int number, string text) => Events.Add($"[{number}] prints {text}");

        public void Ended(CellProgress cell) => Events.Add($"[{cell.Number}] {cell.FirstLine} {cell.Status}");
    }
}
