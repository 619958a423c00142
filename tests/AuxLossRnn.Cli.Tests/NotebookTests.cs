using System.Diagnostics;
using System.Text.Json;

namespace AuxLossRnn.Cli.Tests;

[Trait("Category", "Slow")]
public sealed class NotebookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(params (string Code, string Tag)[] cells)
    {
        string path = Path.Combine(_folder.Path, "n.ipynb");
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            cells = cells.Select((cell, i) => new
            {
                cell_type = "code",
                execution_count = (int?)null,
                id = $"c{i}",
                metadata = new { tags = new[] { cell.Tag } },
                outputs = Array.Empty<object>(),
                source = cell.Code,
            }),
            metadata = new { },
            nbformat = 4,
            nbformat_minor = 5,
        }));
        return path;
    }

    [Fact]
    public void It_runs_with_parameters_tells_each_cell_and_writes_the_outputs()
    {
        string path = Write(("string budget = \"laptop\"; int n = 1;", "parameters"), ("Console.WriteLine(\"said\");\n$\"{budget} {n} {AppDomain.CurrentDomain.GetAssemblies().Count(one => one.GetName().Name == \"Microsoft.DotNet.Interactive\")}\"", "x"));
        CommandResult result = AuxLoss.RunIn(_folder.Path, "notebook", "run", "n.ipynb", "-p", "n=7", "--budget", "smoke", "--out", "done/n.ipynb");

        Assert.Equal(ExitCodes.Done, result.ExitCode);
        Assert.Contains("[3] Console.WriteLine(\"said\");", result.Output, StringComparison.Ordinal);
        // Cells of C# alone do without the kernels of .NET Interactive.
        Assert.Contains("smoke 7 0", File.ReadAllText(Path.Combine(_folder.Path, "done", "n.ipynb")), StringComparison.Ordinal);
        Assert.DoesNotContain("smoke 7", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_of_NET_Interactive_is_converted_and_run()
    {
        _folder.Write("s.dib", "#!markdown\n\ntext\n\n#!csharp\n\nint x = 41;\n\n#!js\n\n#!share --from csharp x\nf(x);\n");

        Assert.Equal(_folder["s.ipynb"] + "\n", AuxLoss.RunIn(_folder.Path, "notebook", "convert", _folder["s.dib"]).ShouldExitWith(0).Output);
        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, "notebook", "convert", "s.dib"), "s.ipynb is there already", "--out");
        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, "notebook", "run", "s.dib"), "holds no outputs", "--out s.ipynb");
        AuxLoss.RunIn(_folder.Path, "notebook", "run", "s.dib", "--out", "s.ipynb").ShouldExitWith(0);
        Assert.Contains("globalThis[\\\"x\\\"] = 41;", File.ReadAllText(_folder["s.ipynb"]), StringComparison.Ordinal);
        string told = AuxLoss.RunIn(_folder.Path, "notebook", "convert", "s.ipynb", "--out", "t.dib").ShouldExitWith(0).Error;
        Assert.Contains("not the notebook's outputs.", told, StringComparison.Ordinal);
        Assert.EndsWith("#!javascript\n\n#!share --from csharp x\nf(x);\n", File.ReadAllText(_folder["t.dib"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_of_another_language_are_not_taken_for_C_sharp()
    {
        string path = Write(("print(1)", "x"));
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"metadata\":{},\"nbformat\"", "\"metadata\":{\"kernelspec\":{\"language\":\"python\"}},\"nbformat\"", StringComparison.Ordinal));

        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, "notebook", "run", path), "its cells are python", ".net-csharp");
    }

    [Fact]
    public void A_cell_of_another_language_is_refused_before_any_runs()
    {
        string path = Write(("Console.WriteLine(\"ran\");", "x"), ("let x = 1", "x"));
        string text = File.ReadAllText(path).Replace("\"id\":\"c1\",\"metadata\":{", "\"id\":\"c1\",\"metadata\":{\"polyglot_notebook\":{\"kernelName\":\"fsharp\"},", StringComparison.Ordinal);
        File.WriteAllText(path, text);

        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, "notebook", "run", path), "Cell 2", "fsharp", "C#");
        Assert.DoesNotContain("ran\\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_know_the_machines_cultures_and_the_users_own_changes_no_number()
    {
        const string Code = """
            var german = new System.Globalization.CultureInfo("de-DE");
            $"{double.Parse("1,5", german) * 2} {(2.5).ToString(german)} {3.5.ToString()}"
            """;
        Write((Code, "x"));
        var start = new ProcessStartInfo(ChildProcess.Beside("auxloss"), ["notebook", "run", "n.ipynb"]) { WorkingDirectory = _folder.Path };
        start.Environment["LANG"] = start.Environment["LC_ALL"] = "de_DE.UTF-8";
        using var process = new ChildProcess(start);
        string told = process.Wait().Error;
        Assert.SkipWhen(told.Contains("install ICU", StringComparison.Ordinal), "This machine has no ICU.");

        Assert.Contains("3 2,5 3.5", File.ReadAllText(_folder["n.ipynb"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_cultures_cells_run_and_say_how_to_get_them()
    {
        Write(("Console.WriteLine(1.5);\nnew System.Globalization.CultureInfo(\"de-DE\")", "x"));
        var start = new ProcessStartInfo(ChildProcess.Beside("auxloss"), ["notebook", "run", "n.ipynb"]) { WorkingDirectory = _folder.Path };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = new ChildProcess(start);

        Assert.Contains("install ICU", process.Wait().Error, StringComparison.Ordinal);
        Assert.Contains("1.5\\n", File.ReadAllText(_folder["n.ipynb"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_cell_is_told_and_what_was_shown_so_far_is_kept()
    {
        string path = Write(("Console.WriteLine(\"shown\");", "x"), ("int zero = 0;\nint y = 1 / zero;", "x"));
        CommandResult result = AuxLoss.RunIn(_folder.Path, "notebook", "run", path);

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("Cell [2]", result.Error, StringComparison.Ordinal);
        Assert.Contains("line 2: int y = 1 / zero;", result.Error, StringComparison.Ordinal);
        Assert.Contains("\"shown\\n\"", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Console.ReadLine()", ExitCodes.Failed, "A cell cannot ask for input while it runs. Write the value into the cell.")]
    [InlineData("Console.In.ReadToEnd()", ExitCodes.Failed, "A cell cannot ask for input while it runs.")]
    [InlineData("Console.OpenStandardInput().ReadByte()", ExitCodes.Done, "")]
    [InlineData("System.Diagnostics.Process.Start(\"cat\").WaitForExit();", ExitCodes.Done, "")]
    public void What_waits_in_the_standard_input_is_left_to_the_callers_next_program(string code, int exitCode, string told)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The shell is that of Unix.");
        Write((code, "x"));
        string script = $"printf 'first\\nsecond\\n' | {{ '{ChildProcess.Beside("auxloss")}' notebook run n.ipynb >out 2>err; echo $?; cat; }}";

        using var process = new ChildProcess(new ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = _folder.Path });

        Assert.Equal($"{exitCode}\nfirst\nsecond\n", process.Wait().Output);
        Assert.Contains(told, File.ReadAllText(_folder["err"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_neither_changes_the_users_terminal_nor_asks_it_anything()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program that makes a terminal here is Linux's.");
        Write(
            ("Console.Clear(); Console.Title = \"taken\"; Console.SetCursorPosition(3, 4); Console.Beep();", "x"),
            ("Console.ForegroundColor = ConsoleColor.Red; Console.WriteLine(\"red\"); Console.ResetColor();", "x"),
            ("(Console.CursorLeft, Console.IsOutputRedirected, Console.IsInputRedirected)", "x"),
            ("Console.ReadKey();", "raises-exception"));
        var start = new ProcessStartInfo(
            "script", ["--quiet", "--return", "--command", $"stty rows 24 cols 60; '{ChildProcess.Beside("auxloss")}' notebook run n.ipynb", _folder["shown"]])
        { WorkingDirectory = _folder.Path };
        start.Environment["TERM"] = "xterm-256color";
        using var process = new ChildProcess(start);

        process.Wait().ShouldExitWith(ExitCodes.Done);
        string shown = File.ReadAllText(_folder["shown"]);
        Assert.Contains("[4] Console.ReadKey();", shown, StringComparison.Ordinal);
        Assert.Contains("\u001b[?25l", shown, StringComparison.Ordinal); // the run itself was shown as on a terminal
        foreach (string sequence in new[] { "\u001b[2J", "\u001b[3J", "\u001b[6n", "\u001b]0;", "\u001b[5;4H", "\u001b[91m", "\a" })
        {
            Assert.DoesNotContain(sequence, shown, StringComparison.Ordinal);
        }

        string written = File.ReadAllText(_folder["n.ipynb"]);
        Assert.Contains("( 0, True, True )", written, StringComparison.Ordinal);
        Assert.Contains("Cannot read keys", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("int a = 1;\nEnvironment.Exit(0);", "ended while cell 2 ran", "line 2: Environment.Exit(0);")]
    [InlineData("await Task.Yield();\n\nEnvironment.Exit(0);", "ended while cell 2 ran", "line 3: Environment.Exit(0);")]
    [InlineData("var t = new System.Threading.Thread(() => throw new Exception(\"stray\"));\nt.Start(); t.Join();", "Exception: stray", "line 1: var t")]
    [InlineData("async void F() { await Task.Delay(10); throw new Exception(\"stray\"); }\nF(); await Task.Delay(-1);", "Exception: stray", "line 1: async void F()")]
    public void A_cell_that_ends_the_process_fails_and_what_was_shown_so_far_is_kept(string code, string told, string line)
    {
        Write(("Console.WriteLine(\"shown\");", "x"), (code, "x"), ("3", "x"));
        CommandResult result = AuxLoss.RunIn(_folder.Path, "notebook", "run", "n.ipynb", "--out", "out.ipynb");

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("Cell [2] of n.ipynb failed", result.Error, StringComparison.Ordinal);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
        string written = File.ReadAllText(Path.Combine(_folder.Path, "out.ipynb"));
        Assert.Contains("\"shown\\n\"", written, StringComparison.Ordinal);
        Assert.Contains("\"output_type\": \"error\"", written, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_kit_names_no_class_of_it()
    {
        CommandResult result = AuxLoss.RunIn(_folder.Path, "notebook", "run", Write(("#!share --from csharp row", "x")));

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("failed: No cell has declared a variable row in C#", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_notebook_ends_in_time()
    {
        string path = Write(("while (true) { }", "x"));
        CommandResult result = AuxLoss.RunIn(_folder.Path, "notebook", "run", path, "--timeout", "0.5");

        Assert.Equal(ExitCodes.Failed, result.ExitCode);
        Assert.Contains("0.5 seconds were over", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_parameter_is_refused_before_anything_is_written()
    {
        string path = Write(("int n = 1;", "parameters"));
        string before = File.ReadAllText(path);
        CommandResult result = AuxLoss.RunIn(_folder.Path, "notebook", "run", path, "-p", "m=1");

        Assert.Equal(ExitCodes.WrongUsage, result.ExitCode);
        Assert.Contains("n (int)", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void What_was_shown_stays_when_the_run_is_killed()
    {
        string path = Write(
            ("Console.WriteLine(\"earned\");", "x"), ("System.IO.File.WriteAllText(\"begun\", \"\\n\"); System.Threading.Thread.Sleep(-1);", "x"));
        using ChildProcess process = AuxLoss.Start(_folder.Path, "notebook", "run", path, "--out", "kept.ipynb");
        Assert.True(process.WaitForLines(_folder["begun"], 1), "It ended before it could be killed.");
        process.Kill();
        process.Wait();

        Assert.Contains("\"earned\\n\"", File.ReadAllText(_folder["kept.ipynb"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder", "is a folder")]
    [InlineData("folder/", "is a folder")]
    [InlineData("pipe", "is a device or a pipe")]
    public void A_place_that_is_no_file_is_refused_before_a_cell_runs(string output, string told)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes with names in folders.");
        Directory.CreateDirectory(_folder["folder"]);
        using (var made = System.Diagnostics.Process.Start("mkfifo", _folder["pipe"]))
        {
            made.WaitForExit();
        }

        string path = Write(("System.IO.File.WriteAllText(\"ran\", \"\");", "x"));
        RefusalTests.Refused(AuxLoss.RunIn(_folder.Path, "notebook", "run", path, "--out", output), output, told);

        Assert.Equal(["folder", "n.ipynb", "pipe"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }
}
