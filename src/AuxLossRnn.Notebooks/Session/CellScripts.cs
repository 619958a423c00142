using System.Globalization;
using System.Reflection;
using System.Text;
using AuxLossRnn.Notebooks.Interactive;
using AuxLossRnn.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.Formatting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Compiles and runs the code of cells, each as a script that goes on with the state of those before it.</summary>
internal sealed class CellScripts : IDisposable
{
    private readonly NotebookGlobals _globals;
    private readonly HashSet<MetadataReference> _references = [.. HostAssemblies.Always];
    private readonly HashSet<string> _names = [];
    private readonly CellVariables _variables = new();
    private List<MetadataReference> _newReferences = [.. HostAssemblies.Always];
    private CellState? _state;

    /// <summary>What the scripts run with.</summary>
    public CellAssemblies Assemblies { get; } = new();

    /// <summary>Makes a session without scripts.</summary>
    public CellScripts() => _globals = new NotebookGlobals(() => SessionVariables);

    /// <summary>What the scripts refer to.</summary>
    public IReadOnlyList<MetadataReference> References
    {
        get
        {
            // Completion asks while a cell may run.
            lock (_references)
            {
                return [.. _references];
            }
        }
    }

    /// <summary>The variables that the scripts have left, as a person is shown them.</summary>
    public IReadOnlyList<SessionVariable> SessionVariables => CellVariables.List(_state);

    /// <summary>The variables that cells can name.</summary>
    public IReadOnlyList<CellVariable> Variables => [.. (_state?.Variables ?? []).GroupBy(variable => variable.Name).Select(copies => copies.Last())];

    /// <summary>Whether a file of a stack frame is one of the scripts.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>What the next scripts refer to as well.</summary>
    public void Refer(IEnumerable<MetadataReference> references)
    {
        foreach (MetadataReference reference in references.Where(reference => !_references.Contains(reference)))
        {
            // Of an assembly that is replaced, completion is to know one version, too.
            lock (_references)
            {
                _references.RemoveWhere(other => SimpleName(other) == SimpleName(reference));
                _references.Add(reference);
            }

            _newReferences.Add(reference);
        }
    }

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
    public CellState Run(Script<object> script, CellContext cell)
    {
        _newReferences = [];
        Compilation compilation = script.GetCompilation();
        Func<object?[], Task<object>> code = Load(compilation);
        cell.Earlier = _variables.TakeOver(compilation, _state);
        using (Assemblies.EnterContextualReflection())
        {
            return _state = CellState.Run(script, code, _state, _globals);
        }
    }

    /// <summary>Declares a variable that no cell has written.</summary>
    /// <param name="cell">The cell that it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The code of the declaration, compiled.</returns>
    /// <exception cref="UserException">That is no name of a variable.</exception>
    public Compilation Declare(CellContext cell, string name, object? value)
    {
        (Script<object> script, Diagnostic[] errors) = Compile($"{TypeName(value)} @{name} = default!;", "a shared value");
        if (errors.Length > 0)
        {
            throw new UserException($"{name} cannot be shared with C#: {errors[0].GetMessage(CultureInfo.InvariantCulture)} Share it with --as and a name that C# knows.");
        }

        Run(script, cell).GetVariable(name)!.Value = value;
        return script.GetCompilation();
    }

    // A type of a cell or without a name cannot be written from here.
    private static string TypeName(object? value)
    {
        string name = value?.GetType() is { IsVisible: true } type && !type.Assembly.IsDynamic ? type.ToDisplayString(PlainTextFormatter.MimeType).Replace('+', '.') : "";
        return name.Length == 0 || name.Contains("Submission#", StringComparison.Ordinal) || name.Contains("AnonymousType", StringComparison.Ordinal) ? "dynamic" : name;
    }

    /// <summary>Lets go of what the scripts have made. The assemblies stay: a cell that has not stopped may need it still.</summary>
    public void Dispose() => _state = null;

    private Func<object?[], Task<object>> Load(Compilation compilation)
    {
        using var code = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult emitted = compilation.Emit(code, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!emitted.Success)
        {
            // Errors were found before: there is nothing in it to run, such as in usings alone.
            return _ => Task.FromResult<object>(null!);
        }

        code.Position = symbols.Position = 0;
        Assembly assembly = Assemblies.LoadFromStream(code, symbols);
        IMethodSymbol entry = compilation.GetEntryPoint(CancellationToken.None)!;
        MethodInfo method = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        return method.CreateDelegate<Func<object?[], Task<object>>>();
    }

    private static string? SimpleName(MetadataReference reference) => Path.GetFileNameWithoutExtension(reference.Display);

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
            ? CSharpScript.Create<object>(code, options, typeof(NotebookGlobals))
            : _state.Script.ContinueWith<object>(code, options);
    }
}
