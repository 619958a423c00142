using AuxLossRnn.Notebooks.Runner;
using AuxLossRnn.Notebooks.Session;
using Spectre.Console;

namespace AuxLossRnn.Cli.Tests;

public sealed class NotebookDisplayTests : IDisposable
{
    private static readonly NotebookResult Done = new(NotebookStatus.Finished, null);

    private readonly StringWriter _shown = new() { NewLine = "\n" };
    private readonly Clock _clock = new();

    public void Dispose() => _shown.Dispose();

    private NotebookDisplay Display(bool terminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = terminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(_shown),
        });
        console.Profile.Width = 40;
        return new NotebookDisplay(console, _clock);
    }

    // What the display has added since it was last asked.
    private string Shown()
    {
        string shown = _shown.ToString();
        _shown.GetStringBuilder().Clear();
        return shown;
    }

    [Fact]
    public async Task On_a_terminal_the_running_cell_is_shown_with_its_time_and_what_it_printed_last()
    {
        NotebookDisplay display = Display(terminal: true);
        await display.ShowAsync(() =>
        {
            Shown();
            display.Started(3, "Train();");
            Assert.Contains("[3] Train();  0:00:00", Shown(), StringComparison.Ordinal);

            _clock.Now += TimeSpan.FromSeconds(65);
            display.Printed(3, "epoch 1\n\u001b[31mepo");
            display.Printed(3, "ch 2\u001b[0m of a long line that is cut at the end\n");
            display.Printed(2, "of a cell that is done\n");
            _clock.Ring();
            string shown = Shown();
            Assert.Contains("[3] Train();  0:01:05", shown, StringComparison.Ordinal);
            Assert.Contains("    epoch 2 of a long line that is cut", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("at the", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("epoch 1", shown, StringComparison.Ordinal);

            display.Printed(3, "10 %\r20 %");
            _clock.Ring();
            Assert.Contains("    20 %", Shown(), StringComparison.Ordinal);

            display.Ended(new CellProgress(3, "Train();", TimeSpan.FromSeconds(65.04), CellStatus.Failed));
            shown = Shown();
            Assert.Contains("[3] Train();  65.0 s  (failed)", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("20 %", shown, StringComparison.Ordinal);
            return Task.FromResult(Done);
        });
    }

    [Fact]
    public async Task Elsewhere_each_cell_is_one_unbroken_line()
    {
        NotebookDisplay display = Display(terminal: false);
        string line = new('x', 100);
        await display.ShowAsync(() =>
        {
            display.Started(1, line);
            display.Printed(1, "text\n");
            Assert.Equal("", Shown());
            display.Ended(new CellProgress(1, line, TimeSpan.FromSeconds(1), CellStatus.Succeeded));
            return Task.FromResult(Done);
        });

        Assert.Equal($"[1] {line}  1.0 s\n", Shown());
    }

    private sealed class Clock : TimeProvider
    {
        private Action? _ring;

        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _ring = () => callback(state);
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Ring() => _ring!();
    }
}
