using System.Globalization;
using System.Text.RegularExpressions;
using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Notebooks.Session;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AuxLossRnn.Cli;

/// <summary>
/// Shows a notebook's run as it goes: a line for each cell that is done, and on a terminal the cell that runs, how long it
/// has, and what it printed last.
/// </summary>
/// <param name="console">Where to; made before a session takes the process's console.</param>
/// <param name="time">The clock.</param>
public sealed partial class NotebookDisplay(IAnsiConsole console, TimeProvider time) : IRunListener
{
    // Enough for a line of the widest terminal.
    private const int MostCharacters = 2000;
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(0.25);

    private readonly TimeProvider _time = time;
    private readonly Lock _gate = new();
    private LiveDisplayContext? _live;
    private string? _cell;
    private int _number;
    private string _printed = "";
    private long _start;

    private bool OnTerminal => console.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>Runs the notebook, showing it.</summary>
    /// <param name="run">Runs it, with this as its listener.</param>
    public Task<NotebookResult> ShowAsync(Func<Task<NotebookResult>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return !OnTerminal ? run() : console.Live(new RunningCell(this)).AutoClear(true).StartAsync(async live =>
        {
            _live = live;
            await using ITimer timer = _time.CreateTimer(_ => live.Refresh(), null, RefreshEvery, RefreshEvery);
            return await run();
        });
    }

    /// <inheritdoc/>
    public void Started(int number, string firstLine)
    {
        lock (_gate)
        {
            (_cell, _number, _printed, _start) = ($"[{number}] {firstLine}", number, "", _time.GetTimestamp());
        }

        _live?.Refresh();
    }

    /// <inheritdoc/>
    public void Printed(int number, string text)
    {
        // A cell may print more often than anybody can read: the line is shown when the display is next drawn.
        lock (_gate)
        {
            if (number != _number)
            {
                return;
            }

            string all = text.Length < MostCharacters ? _printed + text : text;
            _printed = all[Math.Max(0, all.Length - MostCharacters)..];
        }
    }

    /// <inheritdoc/>
    public void Ended(CellProgress cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        lock (_gate)
        {
            _cell = null;
        }

        string mark = cell.Status switch
        {
            CellStatus.Succeeded => "",
            CellStatus.StillRunning => "  (stopped; a call in it did not return)",
            _ => $"  ({cell.Status.ToString().ToLowerInvariant()})",
        };
        string line = string.Create(CultureInfo.InvariantCulture, $"[{cell.Number}] {cell.FirstLine}  {cell.Duration.TotalSeconds:0.0} s{mark}");
        if (OnTerminal)
        {
            console.WriteLine(line);
            return;
        }

        // As it is: a file's lines are not broken. Whoever follows the file sees each at once.
        console.Profile.Out.Writer.WriteLine(line);
        console.Profile.Out.Writer.Flush();
    }

    // A bar that redraws itself ends its lines with a return alone, which counts as a line's end.
    private static string LastLine(string text)
    {
        string last = Escapes().Replace(text, "").ReplaceLineEndings("\n").Split('\n').LastOrDefault(line => !string.IsNullOrWhiteSpace(line)) ?? "";
        return string.Concat(last.Select(character => char.IsControl(character) ? ' ' : character));
    }

    [GeneratedRegex(@"\u001b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escapes();

    private sealed class RunningCell(NotebookDisplay display) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            string? cell;
            string printed;
            TimeSpan elapsed;
            lock (display._gate)
            {
                (cell, printed, elapsed) = (display._cell, display._printed, display._time.GetElapsedTime(display._start));
            }

            if (cell is null)
            {
                return [];
            }

            string took = string.Create(CultureInfo.InvariantCulture, $"  {(int)elapsed.TotalHours}:{elapsed.Minutes:00}:{elapsed.Seconds:00}");
            string line = LastLine(printed);
            return
            [
                .. Cut(cell, maxWidth - took.Length), new Segment(took), Segment.LineBreak,
                .. line.Length == 0 ? [] : Cut($"    {line}", maxWidth).Append(Segment.LineBreak),
            ];
        }

        private static IEnumerable<Segment> Cut(string text, int width) =>
            Segment.Truncate(new Segment(text), Math.Max(1, width)) is Segment cut ? [cut] : [];
    }
}
