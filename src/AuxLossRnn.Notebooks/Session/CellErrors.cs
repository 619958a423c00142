using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using Microsoft.CodeAnalysis;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Tells what went wrong in a cell in its author's terms.</summary>
internal static class CellErrors
{
    private const int MostFrames = 50;

    /// <summary>The compiler's errors, at the places where the cell has them.</summary>
    public static CellError Compilation(IEnumerable<Diagnostic> diagnostics)
    {
        Diagnostic[] errors = [.. diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start)];
        FileLinePositionSpan place = errors[0].Location.GetLineSpan();
        string[] advice = [.. errors.Select(CellAdvice.Of).OfType<string>().Distinct()];
        return new CellError(
            "CompilationError",
            Advised($"{errors[0].Id}: {Text(errors[0])}", CellAdvice.Of(errors[0])),
            place.StartLinePosition.Line + 1,
            place.StartLinePosition.Character + 1,
            [.. errors.Select(error =>
            {
                FileLinePositionSpan span = error.Location.GetLineSpan();
                return $"{span.Path}({span.StartLinePosition.Line + 1},{span.StartLinePosition.Character + 1}): error {error.Id}: {Text(error)}";
            }), .. advice]);
    }

    /// <summary>What a cell threw.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="cell">The cell's name in stack frames.</param>
    /// <param name="isCell">Whether a file name is a cell's.</param>
    public static CellError Thrown(Exception exception, string cell, Func<string, bool> isCell)
    {
        int? line = null;
        var lines = new List<string>();
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            StackFrame[] frames = new StackTrace(cause, fNeedFileInfo: true).GetFrames();
            int last = Array.FindLastIndex(frames, frame => frame.GetFileName() is string file && isCell(file));
            // The kit's own errors are for readers as they are: many clients show these lines alone.
            lines.Add($"{(lines.Count > 0 ? "caused by " : "")}{(cause is UserException ? "" : $"{cause.GetType().FullName}: ")}{cause.Message}");
            // Below the outermost frame of a cell is the host alone.
            StackFrame[] shown = [.. frames.Take(last + 1).Where(IsAuthors)];
            for (int i = 0; i < shown.Length; i++)
            {
                if (i == MostFrames / 2 && shown.Length > MostFrames)
                {
                    // Functions that call themselves: the middle is the same all over.
                    i = shown.Length - MostFrames / 2;
                    lines.Add($"   … {shown.Length - MostFrames} more …");
                }

                StackFrame frame = shown[i];
                string? file = frame.GetFileName();
                int number = frame.GetFileLineNumber();
                line ??= file == cell ? number : null;
                string place = file is null ? "" : string.Create(CultureInfo.InvariantCulture, $" in {file}:line {number}");
                lines.Add($"   at {Name(frame.GetMethod()!)}{place}");
            }
        }

        string? advice = CellAdvice.Of(exception, () => NativeLibraries.Report.Refusal);
        return new CellError(exception.GetType().Name, Advised(exception.Message, advice), line, null, advice is null ? lines : [.. lines, advice]);
    }

    /// <summary>What a cell is called in stack frames.</summary>
    /// <param name="number">The number that the notebook shows at it; null for none.</param>
    public static string CellName(int? number) =>
        number is null ? "a cell without a number" : string.Create(CultureInfo.InvariantCulture, $"cell {number}");

    /// <summary>What a cell that was stopped says. How it was made to stop is nothing to its author.</summary>
    public static CellError Stopped(CellError error)
    {
        const string Said = "The cell was stopped.";
        return error.Name is nameof(OperationCanceledException) or nameof(TaskCanceledException) or nameof(ThreadInterruptedException)
            ? error with { Name = "Interrupted", Message = Said, Traceback = [Said, .. error.Traceback.Where(line => line.Contains(" in ", StringComparison.Ordinal))] }
            : error;
    }

    /// <summary>A cell that was told to stop and has not.</summary>
    /// <param name="cell">The cell's name.</param>
    public static CellError StillRunning(string cell)
    {
        string said = $"{cell} was told to stop and still runs: it is in a call that does not return, such as one of a library. "
            + "A call that takes a token can be stopped: give it Cancellation.";
        return new CellError("StillRunning", said, null, null, [said]);
    }

    /// <summary>A cell that is not run because one before it still runs.</summary>
    /// <param name="before">The name of the cell before it.</param>
    public static CellError Refused(string before)
    {
        string said = $"This cell was not run: {before} was told to stop and still runs, in a call that does not return. "
            + "Run this cell again when that call has ended, or restart the kernel; what earlier cells made is then lost.";
        return new CellError("Refused", said, null, null, [said]);
    }

    /// <summary>A cell that ended the process, as far as can be told: the runtime gives no stack of it.</summary>
    /// <param name="cell">The cell's name.</param>
    /// <param name="source">Its code.</param>
    public static CellError Ended(string cell, string source)
    {
        string[] lines = source.Split('\n');
        int[] exits = [.. Enumerable.Range(1, lines.Length).Where(n => lines[n - 1].Contains("Environment.Exit", StringComparison.Ordinal))];
        string said = $"The process was ended while {cell} ran, so the cells after it cannot run. To end a cell, return from it or throw an exception.";
        return new CellError("ProcessEnded", said, exits is [int line] ? line : null, null, [said]);
    }

    private static string Advised(string message, string? advice) => advice is null ? message : $"{message}\n{advice}";

    private static string Text(Diagnostic error) => error.GetMessage(CultureInfo.InvariantCulture);

    private static bool IsAuthors(StackFrame frame) =>
        frame.GetMethod() is MethodBase method
        && method.DeclaringType is { } type
        && type.Assembly != typeof(CellErrors).Assembly
        && type.Namespace is not ("System.Runtime.CompilerServices" or "System.Runtime.ExceptionServices" or "Internal.Runtime.CompilerHelpers");

    private static string Name(MethodBase method)
    {
        string type = method.DeclaringType?.FullName ?? "";
        if (type.Contains("<<Initialize>>", StringComparison.Ordinal))
        {
            // Submission#3+<<Initialize>>d__0.MoveNext is the cell itself.
            return "the cell";
        }

        if (type.StartsWith("Submission#", StringComparison.Ordinal))
        {
            // Submission#3.F is a function of a cell, Submission#3+C.F one of a class there.
            int nested = type.IndexOf('+', StringComparison.Ordinal);
            type = nested < 0 ? "" : type[(nested + 1)..];
        }

        return $"{type.Replace('+', '.')}.{method.Name}".TrimStart('.');
    }
}
