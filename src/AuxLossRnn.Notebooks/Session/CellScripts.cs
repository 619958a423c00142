using System.Reflection;
using System.Text;
using AuxLossRnn.Notebooks.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Compiles and runs the code of cells, each as a script that goes on with the state of those before it.</summary>
internal sealed class CellScripts : IDisposable
{
    private readonly HashSet<MetadataReference> _references = [.. HostAssemblies.Always];
    private readonly HashSet<string> _names = [];
    private List<MetadataReference> _newReferences = [.. HostAssemblies.Always];
    private Script<object>? _last;

    // What the compiler has each script find the variables of those before it in; the first is what all can name.
    private object?[] _submissions = [new NotebookGlobals(), null];
    private int _count = 1;

    /// <summary>What the scripts run with.</summary>
    public CellAssemblies Assemblies { get; } = new();

    /// <summary>What the scripts refer to.</summary>
    public IReadOnlyList<MetadataReference> References => [.. _references];

    /// <summary>Whether a file of a stack frame is one of the scripts.</summary>
    public bool Has(string name) => _names.Contains(name);

    /// <summary>What the next scripts refer to as well.</summary>
    public void Refer(IEnumerable<MetadataReference> references)
    {
        foreach (MetadataReference reference in references.Where(reference => !_references.Contains(reference)))
        {
            // Of an assembly that is replaced, completion is to know one version, too.
            _references.RemoveWhere(other => SimpleName(other) == SimpleName(reference));
            _references.Add(reference);
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

    /// <summary>Runs the script that was compiled last, after those that ran before it.</summary>
    /// <returns>The value of its last expression, or what it threw.</returns>
    public (object? Value, Exception? Problem) Run(Script<object> script)
    {
        // Not by the script itself: its loader takes the host's version of an assembly wherever there is one.
        Func<object?[], Task<object>> run = Load(script.GetCompilation());
        _newReferences = [];
        _last = script;
        if (_submissions.Length <= _count)
        {
            Array.Resize(ref _submissions, 2 * _count);
        }

        object?[] submissions = _submissions;
        try
        {
            using (Assemblies.EnterContextualReflection())
            {
                return (run(submissions).GetAwaiter().GetResult(), null);
            }
        }
#pragma warning disable CA1031 // Whatever a cell throws is its result.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return (null, problem);
        }
        finally
        {
            // A script without variables takes no place.
            _count += submissions[_count] is null ? 0 : 1;
        }
    }

    /// <summary>Lets go of what the scripts have made. The loader stays: a cell that has not stopped may need it still.</summary>
    public void Dispose()
    {
        _last = null;
        _submissions = [];
    }

    private Func<object?[], Task<object>> Load(Compilation compilation)
    {
        using var code = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult emitted = compilation.Emit(code, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!emitted.Success)
        {
            throw new InvalidOperationException(string.Join(" ", emitted.Diagnostics.Where(IsError)));
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
            .WithImports(_last is null ? CSharpSession.Imports : [])
            .WithFilePath(name)
            .WithFileEncoding(Encoding.UTF8)
            .WithEmitDebugInformation(true)
            // Code that may be optimised has no line for a range check that fails.
            .WithOptimizationLevel(OptimizationLevel.Debug)
            .WithLanguageVersion(LanguageVersion.Latest);
        return _last is null
            ? CSharpScript.Create<object>(code, options, typeof(NotebookGlobals))
            : _last.ContinueWith<object>(code, options);
    }
}
