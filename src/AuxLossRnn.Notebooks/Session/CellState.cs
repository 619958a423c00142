using System.Reflection;
using Microsoft.CodeAnalysis.Scripting;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>What the scripts of a session have left. It has what Roslyn's own state has, whose loader knows the host's assemblies alone.</summary>
internal sealed class CellState
{
    // Where the compiler has a script find the variables of those before it; the first is what all can name.
    private readonly object?[] _submissions;
    private readonly int _count;

    private CellState(Script<object> script, object?[] submissions, int count, object? value, Exception? exception)
    {
        (Script, ReturnValue, Exception) = (script, value, exception);
        (_submissions, _count) = (submissions, count);
    }

    /// <summary>The script that ran last.</summary>
    public Script<object> Script { get; }

    /// <summary>The value of its last expression.</summary>
    public object? ReturnValue { get; }

    /// <summary>What it threw; null for nothing.</summary>
    public Exception? Exception { get; }

    /// <summary>The variables in the order of their scripts; one that was declared anew is there twice.</summary>
    public IReadOnlyList<CellVariable> Variables => [.. _submissions[1.._count].SelectMany(submission => submission!.GetType()
        .GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(member => char.IsLetterOrDigit(member.Name[0]) || member.Name[0] == '_')
        .Select(member => new CellVariable(submission, member)))];

    /// <summary>The last variable of a name; null for none.</summary>
    public CellVariable? GetVariable(string name) => Variables.LastOrDefault(variable => variable.Name == name);

    /// <summary>Runs a script after those that ran before it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="run">Its code.</param>
    /// <param name="before">What those before it have left; null for none.</param>
    /// <param name="globals">What all scripts can name.</param>
    public static CellState Run(Script<object> script, Func<object?[], Task<object>> run, CellState? before, object globals)
    {
        int count = before?._count ?? 1;
        object?[] submissions = [globals, .. before?._submissions[1..count] ?? [], null];
        object? value = null;
        Exception? exception = null;
        try
        {
            value = run(submissions).GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever a cell throws is its result.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            exception = problem;
        }

        // A script without variables takes no place.
        return new CellState(script, submissions, submissions[count] is null ? count : count + 1, value, exception);
    }
}
