using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Stops cells. The session writes calls of it into them: one into every loop and method, and one for each variable that is declared anew.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellCheck
{
    private static volatile int _stopping;

    /// <summary>Throws where the running cell is to stop; one read of memory where none is.</summary>
    /// <exception cref="OperationCanceledException">The cell was cancelled.</exception>
    public static void Check()
    {
        if (_stopping != 0)
        {
            CellContext.Current?.Cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Checks at a method's start, also that there is room for its calls: a stack that overflows would end the process.</summary>
    /// <exception cref="OperationCanceledException">The cell was cancelled.</exception>
    /// <exception cref="InsufficientExecutionStackException">A function calls itself without end.</exception>
    public static void Enter()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Check();
    }

    /// <summary>
    /// Lets a variable that a cell declares anew begin with the value that its name stood for: a cell that does not come to assign
    /// it leaves what was there.
    /// </summary>
    /// <param name="variable">The new variable.</param>
    /// <param name="name">Its name.</param>
    /// <typeparam name="T">Its type; a value of another one is dropped.</typeparam>
    public static void Keep<T>(ref T variable, string name)
    {
        if (CellContext.Current is CellContext cell && cell.Earlier.Remove(name, out object? earlier) && earlier is T value)
        {
            variable = value;
        }
    }

#pragma warning disable CS0420 // Interlocked keeps the field's promises.
    internal static void Begin() => Interlocked.Increment(ref _stopping);

    internal static void End() => Interlocked.Decrement(ref _stopping);
#pragma warning restore CS0420
}
