using System.Diagnostics;
using System.Globalization;
using AuxLossRnn.Figures;
using AuxLossRnn.Notebooks.Interactive;
using AuxLossRnn.Notebooks.Polyglot;
using AuxLossRnn.Runtime;
using Microsoft.AspNetCore.Html;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using DisplayExtensions = AuxLossRnn.Notebooks.Interactive.DisplayExtensions;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Runs cells of C#, each as a script that goes on with the variables of those before it.</summary>
/// <remarks>
/// The console, the working directory and the loaded assemblies are the process's: cells of two sessions of one process
/// should not run at the same time where they use them.
/// </remarks>
public sealed class CSharpSession : INotebookSession
{
    private readonly string _folder;
    private readonly SemaphoreSlim _oneCell = new(1, 1);
    private readonly CellScripts _scripts = new();
    private readonly CodeHelp _help;
    private readonly PartRunner _parts;
    private string _directory;

    // The last cell that was told to stop and did not; it has ended since where no cell runs.
    private volatile string? _unstopped;

    // The library's live view shows itself in the running cell.
    static CSharpSession()
    {
        NotebookHost.Display = html =>
        {
            DisplayedValue shown = DisplayExtensions.Display(new HtmlString(html));
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
        _help = new CodeHelp(_folder, () => _scripts.References);
        _parts = new PartRunner(_scripts, _help, () => new KernelGroup(this));
    }

    internal static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    internal static IReadOnlyList<string> Imports { get; } =
    [
        "System", "System.Text", "System.Collections.Generic", "System.Threading.Tasks", "System.Linq", "AuxLossRnn.Notebooks.Interactive",
        "Microsoft.DotNet.Interactive", "Microsoft.DotNet.Interactive.Formatting",
    ];

    /// <inheritdoc/>
    public async Task<CellResult> ExecuteAsync(string code, ICellOutput output, int? number = null, CancellationToken cancellation = default)
    {
        if (_unstopped is string before && _oneCell.CurrentCount == 0)
        {
            return new CellResult(CellStatus.Failed, CellErrors.Refused(before));
        }

        try
        {
            await _oneCell.WaitAsync(cancellation);
            _unstopped = null;
        }
        catch (OperationCanceledException)
        {
            return new CellResult(CellStatus.Cancelled);
        }

        CellConsole.Install();
        StrayExceptions.Catch();
        string name = CellErrors.CellName(number);
        var cell = new CellContext(output, cancellation, (context, problem) => Stray(context, problem, name));
        var thread = new CellThread(
            name,
            () =>
            {
                CellContext.Current = cell;
                return RunCell(cell, code, name);
            },
            () => _oneCell.Release());
        CellResult result = await thread.RunAsync(cancellation);
        if (result.Status == CellStatus.StillRunning)
        {
            _unstopped = name;
        }

        return result;
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
    public CellCompleteness Completeness(string code) => OpenCode.Completeness(code);

    /// <summary>The variables that cells can name.</summary>
    internal IReadOnlyList<CellVariable> Variables() => _scripts.Variables;

    /// <summary>Declares a variable: at once where the cell that runs waits for it, else after the cell that runs.</summary>
    /// <exception cref="UserException">That is no name of a variable.</exception>
    internal async Task DeclareAsync(string name, object? value, CancellationToken cancellation)
    {
        if (_parts.Waiting is CellContext waiting)
        {
            _parts.Declare(waiting, name, value);
            return;
        }

        await _oneCell.WaitAsync(cancellation);
        try
        {
            _parts.Declare(new CellContext(new NoOutput(), cancellation), name, value);
        }
        finally
        {
            _oneCell.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _parts.Dispose();
        _scripts.Dispose();
        _help.Dispose();
        return ValueTask.CompletedTask;
    }

    private CellResult RunCell(CellContext cell, string code, string name)
    {
        string? before = WorkingDirectory();
        var watch = Stopwatch.StartNew();
        try
        {
            using var memory = new MemoryWatch();
            Environment.CurrentDirectory = _directory;
            IReadOnlyList<CellPart> parts = CellParts.Split(code);
            CellError? error = _parts.Run(cell, parts, name, _folder, showsResult: true);
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
            CellError error = CellErrors.Thrown(problem, name, _scripts.Has);
            return Ended(cell, problem is DirectiveException directive ? error with { Line = directive.Line } : error, name);
        }
        finally
        {
            Leave(before);
        }
    }

    private CellResult Ended(CellContext cell, CellError? error, string name) =>
        cell.Stray is Exception stray ? new CellResult(CellStatus.Failed, CellErrors.Thrown(stray, name, _scripts.Has))
        : error is null ? new CellResult(CellStatus.Succeeded)
        : cell.Cancellation.IsCancellationRequested ? new CellResult(CellStatus.Cancelled, CellErrors.Stopped(error))
        : new CellResult(CellStatus.Failed, error);

    private void Stray(CellContext cell, Exception problem, string name)
    {
        CellError error = CellErrors.Thrown(problem, name, _scripts.Has);
        cell.Output.Write(error: true, string.Join('\n', error.Traceback.Prepend($"Nothing caught an exception that {name} caused:")) + "\n");
        ExceptionStrayed?.Invoke(error);
    }

    // A cell may have gone elsewhere: the next one goes on from there. Either folder may be gone by now.
    private void Leave(string? before)
    {
        _directory = WorkingDirectory() ?? _folder;
        try
        {
            Environment.CurrentDirectory = before ?? _folder;
        }
        catch (IOException)
        {
            // There is no way back; each cell says where it is to run.
        }
    }

    private static string? WorkingDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // A declaration shows nothing.
    private sealed class NoOutput : ICellOutput
    {
        public void Write(bool error, string text)
        {
        }

        public void Display(MimeBundle value, string? displayId)
        {
        }

        public void Update(MimeBundle value, string displayId)
        {
        }

        public void Result(MimeBundle value)
        {
        }
    }
}
