using System.Diagnostics;
using System.Globalization;
using System.Text;
using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Interactive;
using AuxLossRnn.Runtime;
using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Runs cells of C#, each as a script that goes on with the variables of those before it.</summary>
/// <remarks>
/// The console, the working directory and the loaded assemblies are the process's: cells of two sessions of one process
/// should not run at the same time where they use them.
/// </remarks>
public sealed class CSharpSession : INotebookSession
{
    private const int StackBytes = 16 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _folder;
    private readonly SemaphoreSlim _oneCell = new(1, 1);
    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly NotebookGlobals _globals = new();
    private readonly HashSet<MetadataReference> _references = [.. HostAssemblies.Always];
    private readonly HashSet<string> _files = [];
    private readonly CodeHelp _help;
    private readonly List<string> _loading = [];
    private List<MetadataReference> _newReferences = [.. HostAssemblies.Always];
    private string _directory;
    private ScriptState<object>? _state;

    // The library's live view shows itself in the running cell.
    static CSharpSession()
    {
        NotebookHost.Display = html =>
        {
            DisplayedValue shown = new HtmlString(html).Display();
            return next => shown.Update(new HtmlString(next));
        };
        NotebookHost.Stopping = () => CellContext.Current?.Cancellation ?? CancellationToken.None;
    }

    /// <summary>Starts with no state.</summary>
    /// <param name="folder">The notebook's folder: the working directory of its cells, and where their relative paths begin.</param>
    /// <exception cref="UserException">There is no such folder.</exception>
    public CSharpSession(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (!Directory.Exists(_folder))
        {
            throw new UserException($"There is no folder {_folder} for a notebook to run in.");
        }

        _directory = _folder;
        _help = new CodeHelp(_folder, () => [.. _references]);
    }

    internal static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    internal static IReadOnlyList<string> Imports { get; } =
    [
        "System", "System.Text", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq", "AuxLossRnn.Notebooks.Interactive",
    ];

    /// <inheritdoc/>
    public async Task<CellResult> ExecuteAsync(string code, ICellOutput output, int? number = null, CancellationToken cancellation = default)
    {
        try
        {
            await _oneCell.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return new CellResult(CellStatus.Cancelled);
        }

        CellConsole.Install();
        StrayExceptions.Catch();
        string name = CellErrors.CellName(number);
        var cell = new CellContext(output, cancellation, (context, problem) => Stray(context, problem, name));
        var ended = new TaskCompletionSource<CellResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool stopping = false;
        var gate = new Lock();
        var thread = new Thread(
            () =>
            {
                CellContext.Current = cell;
                CellResult result = RunCell(cell, code, name);
                lock (gate)
                {
                    if (stopping)
                    {
                        CellCheck.End();
                    }
                    else
                    {
                        // Too late to stop it.
                        stopping = true;
                    }
                }

                _oneCell.Release();
                ended.TrySetResult(result);
            },
            StackBytes)
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        await using CancellationTokenRegistration stop = cancellation.Register(() =>
        {
            lock (gate)
            {
                if (!stopping)
                {
                    stopping = true;
                    CellCheck.Begin();
                }
            }
        });
        return await EndAsync(ended.Task, thread, cancellation);
    }

    /// <summary>
    /// Told of an exception that no code caught, in a thread or an async void function that a cell started, which may be over.
    /// It would have ended the process.
    /// </summary>
    public event Action<CellError>? ExceptionStrayed;

    /// <inheritdoc/>
    public Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellation = default) =>
        _help.CompleteAsync(code, position, cancellation);

    /// <inheritdoc/>
    public Task<MimeBundle?> InspectAsync(string code, int position, CancellationToken cancellation = default) =>
        _help.InspectAsync(code, position, cancellation);

    /// <inheritdoc/>
    public CellCompleteness Completeness(string code)
    {
        IReadOnlyList<CellPart> parts;
        try
        {
            parts = CellParts.Split(code);
        }
        catch (UserException)
        {
            return CellCompleteness.Invalid;
        }

        SyntaxTree tree = CSharpSyntaxTree.ParseText(parts.LastOrDefault(p => p.Kind == CellParts.CSharp)?.Text ?? "", ParseOptions);
        return !SyntaxFactory.IsCompleteSubmission(tree) || OpenCode.EndsInRawString(code) ? CellCompleteness.Incomplete
            : tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? CellCompleteness.Invalid
            : CellCompleteness.Complete;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _state = null;
        _help.Dispose();
        return ValueTask.CompletedTask;
    }

    // A cell that waits has no loop that checks: it is woken. One in foreign code is left to end by itself.
    private static async Task<CellResult> EndAsync(Task<CellResult> ended, Thread thread, CancellationToken cancellation)
    {
        try
        {
            return await ended.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (await Task.WhenAny(ended, Task.Delay(Patience, CancellationToken.None)) != ended)
            {
                thread.Interrupt();
                await Task.WhenAny(ended, Task.Delay(Patience, CancellationToken.None));
            }

            const string StillBusy = "The cell is to stop but is in a call that does not listen; cells after it wait until that call returns. "
                + "Give long calls the token Cancellation, or restart the session.";
            return ended.IsCompleted ? await ended
                : new CellResult(CellStatus.Cancelled, new CellError("Cancelled", StillBusy, null, null, [StillBusy]));
        }
    }

    private CellResult RunCell(CellContext cell, string code, string name)
    {
        string before = Environment.CurrentDirectory;
        var watch = Stopwatch.StartNew();
        try
        {
            Environment.CurrentDirectory = _directory;
            IReadOnlyList<CellPart> parts = CellParts.Split(code);
            CellError? error = RunParts(cell, parts, name, _folder, showsResult: true);
            if (parts.Any(part => part.Kind == "time"))
            {
                string time = string.Create(CultureInfo.InvariantCulture, $"Wall time: {watch.Elapsed.TotalMilliseconds:0.0} ms");
                cell.Output.Display(ValueFormats.Text(ValueFormats.Plain, time), null);
            }

            return Ended(cell, error, name);
        }
#pragma warning disable CA1031 // A failing cell is a result, whatever it threw.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            CellError error = CellErrors.Thrown(problem, name, _files.Contains);
            return Ended(cell, problem is DirectiveException directive ? error with { Line = directive.Line } : error, name);
        }
        finally
        {
            Leave(before);
        }
    }

    private CellResult Ended(CellContext cell, CellError? error, string name) =>
        cell.Stray is Exception stray ? new CellResult(CellStatus.Failed, CellErrors.Thrown(stray, name, _files.Contains))
        : error is null ? new CellResult(CellStatus.Succeeded)
        : cell.Cancellation.IsCancellationRequested ? new CellResult(CellStatus.Cancelled, CellErrors.Stopped(error))
        : new CellResult(CellStatus.Failed, error);

    private void Stray(CellContext cell, Exception problem, string name)
    {
        CellError error = CellErrors.Thrown(problem, name, _files.Contains);
        cell.Output.Write(error: true, string.Join('\n', error.Traceback.Prepend($"Nothing caught an exception that {name} caused:")) + "\n");
        ExceptionStrayed?.Invoke(error);
    }

    // A cell may have gone elsewhere: the next one goes on from there. Either folder may be gone by now.
    private void Leave(string before)
    {
        try
        {
            _directory = Environment.CurrentDirectory;
            Environment.CurrentDirectory = before;
        }
        catch (IOException)
        {
            _directory = _folder;
        }
    }

    private CellError? RunParts(CellContext cell, IEnumerable<CellPart> parts, string name, string folder, bool showsResult)
    {
        foreach (CellPart part in parts)
        {
            CellError? error;
            try
            {
                error = RunPart(cell, part, name, folder, showsResult);
            }
            catch (UserException problem)
            {
                error = CellErrors.Thrown(problem, name, _files.Contains);
            }

            if (error is not null)
            {
                // What goes wrong in another file stands, for the cell, where it names that file.
                return part.Kind == CellParts.CSharp ? error : error with { Line = part.Line, Column = null };
            }
        }

        return null;
    }

    private CellError? RunPart(CellContext cell, CellPart part, string name, string folder, bool showsResult)
    {
        switch (part.Kind)
        {
            case CellParts.CSharp:
                return RunCode(cell, part.Text, name, showsResult);
            case "r":
                Refer(part.Text, folder);
                return null;
            case "load":
            case "import":
                return Load(cell, Path.GetFullPath(part.Text, folder), part);
            case "markdown" or "html":
                cell.Output.Display(ValueFormats.Text($"text/{part.Kind}", part.Text), null);
                return null;
            case "mermaid":
                cell.Output.Display(
                    new MimeBundle(new Dictionary<string, string>
                    {
                        ["text/vnd.mermaid"] = part.Text,
                        ["text/markdown"] = $"```mermaid\n{part.Text}\n```",
                        [ValueFormats.Plain] = part.Text,
                    }),
                    null);
                return null;
            default:
                return null;
        }
    }

    private CellError? RunCode(CellContext cell, string code, string name, bool showsResult)
    {
        _files.Add(name);
        (Script<object> script, Diagnostic[] errors) = Compile(code, name);
        if (errors.Length > 0)
        {
            return CellErrors.Compilation(errors);
        }

        _newReferences = [];
        _help.Add(script.GetCompilation());
        ScriptState<object> state = (_state is null
            ? script.RunAsync(_globals, _ => true, CancellationToken.None)
            : script.RunFromAsync(_state, _ => true, CancellationToken.None)).GetAwaiter().GetResult();
        _state = state;
        if (state.Exception is not null)
        {
            return CellErrors.Thrown(state.Exception, name, _files.Contains);
        }

        if (showsResult && state.ReturnValue is object value)
        {
            cell.Output.Result(ValueFormats.Of(value));
        }

        return null;
    }

    private (Script<object> Script, Diagnostic[] Errors) Compile(string code, string name)
    {
        Script<object> written = Script(code, name);
        SyntaxTree tree = written.GetCompilation().SyntaxTrees.Single();
        foreach (string text in CancellationChecks.Insert(tree, written.GetCompilation))
        {
            Script<object> script = Script(text, name);
            if (!script.Compile().Any(IsError))
            {
                return (script, []);
            }
        }

        // The checks move columns: the author's errors are those of the cell as written.
        return (written, [.. written.Compile().Where(IsError)]);
    }

    private static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    private Script<object> Script(string code, string name)
    {
        // References and imports hold for all later cells: each is given once.
        ScriptOptions options = ScriptOptions.Default
            .WithReferences(_newReferences)
            .WithImports(_state is null ? Imports : [])
            .WithFilePath(name)
            .WithFileEncoding(Encoding.UTF8)
            .WithEmitDebugInformation(true)
            // Code that may be optimised has no line for a range check that fails.
            .WithOptimizationLevel(OptimizationLevel.Debug)
            .WithLanguageVersion(LanguageVersion.Latest);
        return _state is null
            ? CSharpScript.Create<object>(code, options, typeof(NotebookGlobals), _loader)
            : _state.Script.ContinueWith<object>(code, options);
    }

    private void Refer(string what, string folder)
    {
        const string Prefix = "nuget:";
        IEnumerable<string> files = what.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? NuGetPackages.Files(what[Prefix.Length..])
            : [Path.GetFullPath(what, folder)];
        _newReferences.AddRange(files.SelectMany(HostAssemblies.Add).Where(_references.Add));
    }

    private CellError? Load(CellContext cell, string path, CellPart part)
    {
        if (_loading.Contains(path))
        {
            IEnumerable<string> cycle = _loading.SkipWhile(file => file != path).Append(path);
            throw new UserException(
                $"Line {part.Line}: {path} would load itself without end: {string.Join(" → ", cycle.Select(Path.GetFileName))}. "
                + "Take one of these #load or #!import lines out.");
        }

        _loading.Add(path);
        try
        {
            return part.Kind == "import" && Path.GetExtension(path) == ".ipynb" ? Import(cell, path, part)
                : RunParts(cell, Split(Read(path, part), path), path, Path.GetDirectoryName(path)!, showsResult: false);
        }
        finally
        {
            _loading.RemoveAt(_loading.Count - 1);
        }
    }

    private CellError? Import(CellContext cell, string path, CellPart part)
    {
        NotebookDocument notebook = NotebookDocument.Parse(Read(path, part), path);
        foreach ((NotebookCell code, int index) in notebook.Cells.Select((c, i) => (c, i)).Where(c => c.c.IsCode))
        {
            string name = $"{Path.GetFileName(path)}, cell {index + 1}";
            if (RunParts(cell, Split(code.Source, name), name, Path.GetDirectoryName(path)!, showsResult: false) is CellError error)
            {
                return error;
            }
        }

        return null;
    }

    private static IReadOnlyList<CellPart> Split(string code, string file)
    {
        try
        {
            return CellParts.Split(code);
        }
        catch (DirectiveException problem)
        {
            // The line is the file's, not the cell's.
            throw new UserException($"{file}: {problem.Message}");
        }
    }

    private static string Read(string path, CellPart part) => File.Exists(path)
        ? File.ReadAllText(path)
        : throw new UserException($"Line {part.Line}: there is no file {path} to load.");
}
