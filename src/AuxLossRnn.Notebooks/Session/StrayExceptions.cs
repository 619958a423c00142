using System.Runtime.ExceptionServices;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Exceptions of threads and async void functions that cells start: nothing catches them, and they would end the process.</summary>
internal static class StrayExceptions
{
    private static int _caught;

    /// <summary>Gives them to their cells from now on; others end the process as ever.</summary>
    public static void Catch()
    {
        if (Interlocked.Exchange(ref _caught, 1) != 0)
        {
            return;
        }

        try
        {
            ExceptionHandling.SetUnhandledExceptionHandler(Take);
        }
        catch (InvalidOperationException)
        {
            // The program around the sessions has a handler of its own; there is one a process.
        }
    }

    private static bool Take(Exception problem)
    {
        if (CellContext.Current is not CellContext cell)
        {
            return false;
        }

        cell.Strayed(problem);
        return true;
    }
}
