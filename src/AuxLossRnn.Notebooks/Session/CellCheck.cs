using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Stops cells. The session writes a call of it into every loop and method of a cell.</summary>
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

#pragma warning disable CS0420 // Interlocked keeps the field's promises.
    internal static void Begin() => Interlocked.Increment(ref _stopping);

    internal static void End() => Interlocked.Decrement(ref _stopping);
#pragma warning restore CS0420
}
