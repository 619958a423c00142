using System.Text;
using AuxLossRnn.Notebooks.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Compiles and runs the code of cells, each as a script that goes on with the state of those before it.</summary>
internal sealed class CellScripts : IDisposable
{
    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly NotebookGlobals _globals;
    private readonly HashSet<MetadataReference> _references = [.. HostAssemblies.Always];
    private readonly HashSet<string> _names = [];
    private readonly CellVariables _variables = new();
    private List<MetadataReference> _newReferences = [.. HostAssemblies.Always];
    private ScriptState<object>? _state;

    /// <summary>Makes a session without scripts.</summary>
    public CellScripts() => _globals = new NotebookGlobals(() => CellVariables.List(_state));

    /// <summary>What the scripts refer to.</summary>
    public IReadOnlyList<MetadataReference> References => [.. _references];

    /// <summary>Whether a file of a stack frame is one of the scripts.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>What the next scripts refer to as well.</summary>
    public void Refer(IEnumerable<MetadataReference> references) => _newReferences.AddRange(references.Where(_references.Add));

    /// <summary>Compiles code as the next script.</summary>
    /// <param name="code">The code.</param>
    /// <param name="name">What it is called in stack frames.</param>
    /// <returns>The script to run, or the errors of the code as it is written.</returns>
    public (Script<object> Script, Diagnostic[] Errors) Compile(string code, string name)
    {
        _names.Add(name);
        Script<object> written = Script(code, name);
        SyntaxTree tree = written.GetCompilation().SyntaxTrees.Single();
        foreach (string text in CancellationChecks.Insert(tree, written.GetCompilation, _variables.Again(tree, written.GetCompilation)))
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

    /// <summary>Runs the script that was compiled last, after those that ran before it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="cell">The cell that it is of.</param>
    public ScriptState<object> Run(Script<object> script, CellContext cell)
    {
        _newReferences = [];
        cell.Earlier = _variables.TakeOver(script.GetCompilation(), _state);
        return _state = (_state is null
            ? script.RunAsync(_globals, _ => true, CancellationToken.None)
            : script.RunFromAsync(_state, _ => true, CancellationToken.None)).GetAwaiter().GetResult();
    }

    /// <summary>Lets go of what the scripts have made. The loader stays: a cell that has not stopped may need it still.</summary>
    public void Dispose() => _state = null;

    private static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    private Script<object> Script(string code, string name)
    {
        // References and imports hold for all later cells: each is given once.
        ScriptOptions options = ScriptOptions.Default
            .WithReferences(_newReferences)
            .WithImports(_state is null ? CSharpSession.Imports : [])
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
}
