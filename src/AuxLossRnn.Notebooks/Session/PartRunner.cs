using AuxLossRnn.Notebooks.Documents;
using AuxLossRnn.Notebooks.Interactive;
using AuxLossRnn.Notebooks.Polyglot;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Runs the parts of a cell one after the other: its code, its directives, and the parts of files that it loads.</summary>
/// <param name="scripts">Runs the code.</param>
/// <param name="help">Hears of the code that ran.</param>
/// <param name="kernels">Makes the kernels beside C#; asked when a cell first needs one.</param>
internal sealed class PartRunner(CellScripts scripts, CodeHelp help, Func<KernelGroup> kernels) : IDisposable
{
    private KernelGroup? _kernels;

    // Files that are being loaded, the outermost first.
    private readonly List<string> _loading = [];

    /// <summary>The cell that waits for another kernel, which may have C# declare a variable meanwhile; null for none.</summary>
    public CellContext? Waiting { get; private set; }

    public void Dispose() => _kernels?.Dispose();

    /// <summary>Declares a variable.</summary>
    /// <param name="cell">The cell that it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="UserException">That is no name of a variable.</exception>
    public void Declare(CellContext cell, string name, object? value) => help.Add(scripts.Declare(cell, name, value));

    /// <summary>Runs parts until one fails.</summary>
    /// <param name="cell">The cell that runs.</param>
    /// <param name="parts">Its parts, or those of a file that it loads.</param>
    /// <param name="name">What they are called in stack frames.</param>
    /// <param name="folder">Where relative paths begin.</param>
    /// <param name="showsResult">Whether the value of the last expression is shown.</param>
    /// <returns>What went wrong; null if nothing did.</returns>
    public CellError? Run(CellContext cell, IEnumerable<CellPart> parts, string name, string folder, bool showsResult)
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
                error = CellErrors.Thrown(problem, name, scripts.Has);
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
                Refer(cell, part.Text, folder);
                return null;
            case "i":
                AddFeed(part.Text, folder);
                return null;
            case "load":
            case "import":
                return Load(cell, Path.GetFullPath(part.Text, folder), part);
            case "markdown" or "html":
                cell.Output.Display(ValueFormats.Text($"text/{part.Kind}", part.Text), null);
                return null;
            case "javascript":
                cell.Output.Display(ValueFormats.CellScript(part.Text), null);
                return null;
            case "share" or "set":
                Share(cell, part.Text, part.Language);
                return null;
            case CellLanguages.Value:
                Share(cell, part.Text, CellLanguages.Value);
                return null;
            case "about":
                cell.Output.Display(ValueFormats.Text(ValueFormats.Plain, SessionFacts.About), null);
                return null;
            case "lsmagic":
                cell.Output.Display(ValueFormats.Text(ValueFormats.Plain, string.Join(' ', CellParts.Directives)), null);
                return null;
            case "who" or "whos":
                cell.Output.Display(ValueFormats.Table(_kernels is null ? scripts.SessionVariables : Known(_kernels)), null);
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

    private void Share(CellContext cell, string text, string language)
    {
        _kernels ??= kernels();
        Waiting = cell;
        try
        {
            _kernels.Run(cell, text, language);
        }
        finally
        {
            Waiting = null;
        }
    }

    private IEnumerable<SessionVariable> Known(KernelGroup all) => scripts.SessionVariables.Concat(
        all.Values.OrderBy(held => held.Key, StringComparer.OrdinalIgnoreCase).Select(held => SessionVariable.OfText(held.Key, held.Value.MimeType, held.Value.Value)));

    private CellError? RunCode(CellContext cell, string code, string name, bool showsResult)
    {
        (Script<object> script, Diagnostic[] errors) = scripts.Compile(code, name);
        if (errors.Length > 0)
        {
            return CellErrors.Compilation(errors);
        }

        help.Add(script.GetCompilation());
        CellState state = scripts.Run(script, cell);
        if (state.Exception is not null)
        {
            return CellErrors.Thrown(state.Exception, name, scripts.Has);
        }

        // What display returns has been shown.
        if (showsResult && state.ReturnValue is object value and not DisplayedValue)
        {
            cell.Output.Result(ValueFormats.Of(value));
        }

        return null;
    }

    private void Refer(CellContext cell, string what, string folder)
    {
        const string Prefix = "nuget:";
        scripts.Refer(what.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? scripts.Assemblies.AddPackage(NuGetPackages.Asked(what[Prefix.Length..]), Note)
            : scripts.Assemblies.AddFile(Path.GetFullPath(what, folder), Note));

        void Note(string text) => cell.Output.Write(error: true, $"#r: {text}\n");
    }

    private void AddFeed(string what, string folder)
    {
        const string Prefix = "nuget:";
        string feed = what.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? what[Prefix.Length..].Trim()
            : throw new UserException($"#i \"{what}\" names no feed of packages; write #i \"nuget:https://…/index.json\", or #i \"nuget:folder\".");
        string place = Uri.TryCreate(feed, UriKind.Absolute, out Uri? address) && !address.IsFile ? feed : Path.GetFullPath(feed, folder);
        if (place != feed && !Directory.Exists(place))
        {
            throw new UserException($"#i: there is no folder {place} with packages, and it is no address of a feed, which would begin with https://.");
        }

        scripts.Assemblies.AddFeed(place);
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
            return part.Kind == "import" && Path.GetExtension(path) is ".ipynb" or DibFile.Extension ? Import(cell, path, part)
                : Run(cell, Split(Read(path, part), path), path, Path.GetDirectoryName(path)!, showsResult: false);
        }
        finally
        {
            _loading.RemoveAt(_loading.Count - 1);
        }
    }

    private CellError? Import(CellContext cell, string path, CellPart part)
    {
        NotebookDocument notebook = File.Exists(path) ? NotebookDocument.Read(path) : throw Missing(path, part);
        foreach ((NotebookCell code, int index) in notebook.Cells.Select((c, i) => (c, i)).Where(c => c.c.IsRun))
        {
            string name = $"{Path.GetFileName(path)}, cell {index + 1}";
            if (Run(cell, Split(CellLanguages.Prefixed(code.Source, notebook.LanguageOf(code), name), name), name, Path.GetDirectoryName(path)!, showsResult: false) is CellError error)
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
        : throw Missing(path, part);

    private static UserException Missing(string path, CellPart part) => new($"Line {part.Line}: there is no file {path} to load.");
}
